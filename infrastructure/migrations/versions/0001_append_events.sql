-- Appends the events of one stream, claims the key, and writes what stands beside them: one round trip.
-- Answers the last position; or, when the key was used before, what it was used for.
CREATE FUNCTION append_events(
    p_stream uuid, p_versions integer[], p_topics text[], p_data text[], p_metadata json,
    p_recorded_at timestamptz, p_event_ids uuid[], p_leaves bytea[],
    p_command text, p_fingerprint text, p_at timestamptz,
    p_row json, p_told boolean[]
) RETURNS TABLE (
    last_position bigint, fingerprint varchar, stream_id uuid, version integer, at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    n integer := cardinality(p_topics);
    head_size bigint;
BEGIN
    IF p_command IS NOT NULL THEN
        INSERT INTO commands AS c VALUES (p_command, p_fingerprint, p_stream, p_versions[n], p_at)
            ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            RETURN QUERY SELECT NULL::bigint, c.fingerprint, c.stream_id, c.version, c.at
                FROM commands c WHERE c.command_id = p_command;
            RETURN;
        END IF;
    END IF;
    -- the row lock puts appends in order: positions follow the commits and have no holes
    UPDATE log_head SET size = size + n RETURNING size INTO head_size;
    INSERT INTO events
        (position, stream_id, version, topic, data, metadata, recorded_at, event_id, leaf, command_id)
        SELECT head_size - n + i, p_stream, e.version, e.topic, e.data, p_metadata, p_recorded_at,
               e.id, e.leaf, p_command
        FROM unnest(p_versions, p_topics, p_data, p_event_ids, p_leaves) WITH ORDINALITY
            AS e(version, topic, data, id, leaf, i);
    IF p_row IS NOT NULL THEN
        INSERT INTO case_summaries SELECT * FROM json_populate_record(NULL::case_summaries, p_row)
            ON CONFLICT (case_id) DO UPDATE SET
                version = EXCLUDED.version, stage = EXCLUDED.stage, code = EXCLUDED.code,
                next_action = EXCLUDED.next_action, due_on = EXCLUDED.due_on,
                updated_at = EXCLUDED.updated_at;
    END IF;
    IF true = ANY(p_told) THEN
        INSERT INTO outbox (position, stream_id, topic, state, tries, due_at)
            SELECT head_size - n + i, p_stream, p_topics[i], 'waiting', 0, p_recorded_at
            FROM generate_series(1, n) AS i WHERE p_told[i];
    END IF;
    NOTIFY log_grown;
    RETURN QUERY SELECT head_size, NULL::varchar, NULL::uuid, NULL::integer, NULL::timestamptz;
END $$;
