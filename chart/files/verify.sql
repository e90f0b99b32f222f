-- Compares the rows of each table with what its dump has; the file of PGCHART_ROWS has a number and a name a line.
\getenv rows PGCHART_ROWS
CREATE TEMPORARY TABLE dumped (rows bigint NOT NULL, name text NOT NULL);
COPY dumped FROM :'rows';

DO $$
DECLARE
  expected record;
  found bigint;
BEGIN
  FOR expected IN
    SELECT
      name, sum(rows) AS rows, relkind,
      EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e') AS of_extension
    FROM dumped
    JOIN pg_class ON pg_class.oid = name::regclass
    GROUP BY name, relkind, pg_class.oid
  LOOP
    EXECUTE format('SELECT count(*) FROM %s %s', CASE expected.relkind WHEN 'p' THEN '' ELSE 'ONLY' END, expected.name) INTO found;
    -- A table of an extension has rows of the extension's own, which no dump has.
    IF found < expected.rows OR (found > expected.rows AND NOT expected.of_extension) THEN
      RAISE 'table % has % rows, its dump has %', expected.name, found, expected.rows;
    END IF;
  END LOOP;
END
$$;

SELECT format('%s rows in %s tables, as dumped', coalesce(sum(rows), 0), count(DISTINCT name)) FROM dumped;
