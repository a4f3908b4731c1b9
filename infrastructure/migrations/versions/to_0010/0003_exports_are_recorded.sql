CREATE FUNCTION exports_are_recorded() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state IN ('waiting', 'running') THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'exports are recorded';
END $$;
CREATE TRIGGER exports_are_recorded BEFORE UPDATE OR DELETE ON exports
FOR EACH ROW EXECUTE FUNCTION exports_are_recorded();
CREATE TRIGGER exports_are_kept BEFORE TRUNCATE ON exports
FOR EACH STATEMENT EXECUTE FUNCTION exports_are_recorded();
