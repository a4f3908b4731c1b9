CREATE FUNCTION row_is_kept() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'rows of % are for ever', TG_TABLE_NAME; END $$;
CREATE FUNCTION note_only_grows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF (NEW.size, NEW.root, NEW.sealed_at) = (OLD.size, OLD.root, OLD.sealed_at)
     AND NEW.link IS NOT DISTINCT FROM OLD.link AND starts_with(NEW.note, OLD.note)
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a checkpoint only gains signatures';
END $$;
CREATE TRIGGER checkpoints_note_only_grows BEFORE UPDATE ON checkpoints
FOR EACH ROW EXECUTE FUNCTION note_only_grows();
CREATE TRIGGER checkpoints_kept BEFORE DELETE OR TRUNCATE ON checkpoints
FOR EACH STATEMENT EXECUTE FUNCTION row_is_kept();
CREATE TRIGGER cosignatures_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON cosignatures
FOR EACH STATEMENT EXECUTE FUNCTION row_is_kept();
CREATE TRIGGER commands_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON commands
FOR EACH STATEMENT EXECUTE FUNCTION row_is_kept();
