CREATE FUNCTION credit_changes_are_for_ever() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'changes of the credit register are for ever'; END $$;
CREATE TRIGGER credit_changes_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_changes
FOR EACH STATEMENT EXECUTE FUNCTION credit_changes_are_for_ever();
