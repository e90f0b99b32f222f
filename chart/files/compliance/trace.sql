-- Where a lot went, and what it came from.
SET LOCAL ROLE audit_owner;
SELECT audit.guard('trace.link'), audit.attach('trace.link') \g /dev/null

CREATE OR REPLACE FUNCTION trace.where_used(lot text) RETURNS TABLE (child text, depth integer, path text[])
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE used (child, depth, path) AS (
    SELECT $1, 0, ARRAY[$1]
    UNION
    SELECT link.child, used.depth + 1, used.path || link.child FROM used JOIN trace.link ON link.parent = used.child
    WHERE link.child <> ALL (used.path)
  )
  SELECT * FROM used WHERE depth > 0 ORDER BY depth, child
$$;
COMMENT ON FUNCTION trace.where_used(text) IS 'Every lot that a lot went into, for a recall';

CREATE OR REPLACE FUNCTION trace.made_of(lot text) RETURNS TABLE (parent text, depth integer, path text[])
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE used (parent, depth, path) AS (
    SELECT $1, 0, ARRAY[$1]
    UNION
    SELECT link.parent, used.depth + 1, used.path || link.parent FROM used JOIN trace.link ON link.child = used.parent
    WHERE link.parent <> ALL (used.path)
  )
  SELECT * FROM used WHERE depth > 0 ORDER BY depth, parent
$$;
COMMENT ON FUNCTION trace.made_of(text) IS 'Every lot that is in a lot';

CREATE OR REPLACE FUNCTION trace.refuse_circle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT FROM trace.where_used(new.child) AS used WHERE used.child = new.parent) THEN
    RAISE '% is in % already: nothing is made of itself', new.child, new.parent USING ERRCODE = 'check_violation';
  END IF;
  RETURN new;
END
$$;
CREATE OR REPLACE TRIGGER refuse_circle BEFORE INSERT ON trace.link FOR EACH ROW EXECUTE FUNCTION trace.refuse_circle();

REVOKE ALL ON FUNCTION trace.refuse_circle() FROM PUBLIC;
GRANT USAGE ON SCHEMA trace TO :reader, :writer, auditor;
GRANT SELECT ON trace.link TO :reader, :writer, auditor;
GRANT INSERT ON trace.link TO :writer;
