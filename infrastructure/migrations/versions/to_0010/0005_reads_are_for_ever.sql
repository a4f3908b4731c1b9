CREATE FUNCTION reads_are_for_ever() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'reads are for ever'; END $$;
CREATE TRIGGER reads_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON reads
FOR EACH STATEMENT EXECUTE FUNCTION reads_are_for_ever();
