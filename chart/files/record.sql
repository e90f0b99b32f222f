-- What this server is to be brought to and how that went: the one row of pgchart.declaration, in database postgres.
--
-- `owned` are the declarations that may be in force, in part: the last one that was applied, and all that were begun since. What one
-- of them declared and the present one does not is taken back.
\set cluster `cat "$PGCHART_CLUSTER"`
\getenv digest PGCHART_DIGEST
\getenv state PGCHART_STATE
\getenv message PGCHART_MESSAGE
SELECT set_config('pgchart.reader', coalesce(max(role ->> 'name'), ''), false)
FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
WHERE role ->> 'duty' = 'declaration'
\g /dev/null

DO $do$
BEGIN
  IF to_regnamespace('pgchart') IS NULL THEN
    CREATE SCHEMA pgchart;
  END IF;
  IF (SELECT pg_get_userbyid(nspowner) <> current_user FROM pg_namespace WHERE nspname = 'pgchart') THEN
    RAISE 'schema pgchart of database % is not the superuser''s; rename or drop it: the chart keeps its records there', current_database();
  END IF;
  IF to_regclass('pgchart.declaration') IS NULL THEN
    CREATE TABLE pgchart.declaration (
      digest text NOT NULL,
      state text NOT NULL,
      message text,
      since timestamptz NOT NULL DEFAULT now(),
      owned jsonb NOT NULL
    );
  END IF;
END
$do$;

INSERT INTO pgchart.declaration (digest, state, owned)
SELECT :'digest', 'applying', '[]'
WHERE NOT EXISTS (SELECT FROM pgchart.declaration);

-- One that failed stays failed until it is applied or another one is there.
UPDATE pgchart.declaration
SET digest = :'digest', state = 'applying', message = NULL, since = now()
WHERE :'state' = 'applying' AND digest <> :'digest';
UPDATE pgchart.declaration
SET owned = owned || jsonb_build_array(:'cluster'::jsonb)
WHERE :'state' = 'applying' AND NOT owned @> jsonb_build_array(:'cluster'::jsonb);
UPDATE pgchart.declaration
SET state = 'applied', message = NULL, since = now(), owned = jsonb_build_array(:'cluster'::jsonb)
WHERE :'state' = 'applied' AND (state <> 'applied' OR owned <> jsonb_build_array(:'cluster'::jsonb));
UPDATE pgchart.declaration
SET state = 'failed', message = :'message', since = now()
WHERE :'state' = 'failed' AND (state <> 'failed' OR message IS DISTINCT FROM :'message');

-- Who waits for it may read how it went, and nothing else.
DO $do$
DECLARE
  reader text := current_setting('pgchart.reader');
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = reader) THEN
    IF NOT has_schema_privilege(reader, 'pgchart', 'USAGE') THEN
      EXECUTE format('GRANT USAGE ON SCHEMA pgchart TO %I', reader);
    END IF;
    IF NOT has_column_privilege(reader, 'pgchart.declaration', 'message', 'SELECT') THEN
      EXECUTE format('GRANT SELECT (digest, state, message, since) ON pgchart.declaration TO %I', reader);
    END IF;
  END IF;
END
$do$;

SELECT owned FROM pgchart.declaration;
