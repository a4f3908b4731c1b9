CREATE FUNCTION clock_confirmations_are_for_ever() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'confirmations of the clock are for ever'; END $$;
CREATE TRIGGER clock_confirmations_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON clock_confirmations
FOR EACH STATEMENT EXECUTE FUNCTION clock_confirmations_are_for_ever();
