-- Appends an event, claims the key, and writes what stands beside it: one round trip.
-- Of events that belong together the last brings the key and the row; the transaction is the caller's.
-- Of the row every column but the key is written anew; append_event.py lists them.
-- Answers the position; a version or a key that is taken violates its primary or unique key.
CREATE OR REPLACE FUNCTION append_event(
    p_stream uuid, p_version integer, p_topic text, p_data text, p_metadata json,
    p_recorded_at timestamptz, p_event uuid, p_leaf bytea,
    p_command text, p_fingerprint text, p_at timestamptz, p_row json, p_told boolean
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head_size bigint;
BEGIN
    IF p_command IS NOT NULL THEN
        INSERT INTO commands VALUES (p_command, p_fingerprint, p_stream, p_version, p_at);
    END IF;
    -- the row lock puts appends in order: positions follow the commits and have no holes
    UPDATE log_head SET size = size + 1 RETURNING size INTO head_size;
    INSERT INTO events
        (position, stream_id, version, topic, data, metadata, recorded_at, event_id, leaf, command_id)
        VALUES (head_size, p_stream, p_version, p_topic, p_data, p_metadata, p_recorded_at, p_event,
                p_leaf, p_command);
    IF p_row IS NOT NULL THEN
        INSERT INTO case_summaries SELECT * FROM json_populate_record(NULL::case_summaries, p_row)
            ON CONFLICT (case_id) DO UPDATE SET {values};
    END IF;
    IF p_told THEN
        INSERT INTO outbox (position, stream_id, topic, state, tries, due_at)
            VALUES (head_size, p_stream, p_topic, 'waiting', 0, p_recorded_at);
    END IF;
    NOTIFY log_grown;
    RETURN head_size;
END $$;
