-- What modules.sh applies to the connected database: prints the names of its modules, in order, one a line.
--
-- A module is one or more files. Which of them a database has is written down in pgchart.migration, what they are to do by
-- pgchart.setting.
\set cluster `cat "$PGCHART_CLUSTER"`

CREATE TEMPORARY TABLE declared AS
SELECT declaration
FROM (
  SELECT :'cluster'::jsonb AS declaration WHERE :'cluster'::jsonb ->> 'database' = current_database()
  UNION ALL
  SELECT database FROM jsonb_array_elements(:'cluster'::jsonb -> 'databases') AS database
  WHERE database ->> 'name' = current_database()
) AS found;

CREATE TEMPORARY TABLE module AS
SELECT number, module ->> 'name' AS name, module ->> 'needs' AS needs, module ->> 'instead' AS instead,
  coalesce((module ->> 'required')::boolean, false) AS required
FROM declared, jsonb_array_elements(declaration -> 'modules') WITH ORDINALITY AS listed (module, number);

-- The roles of jobs that look after modules, and which ones.
CREATE TEMPORARY TABLE keeper AS
SELECT role ->> 'name' AS name, CASE role ->> 'duty' WHEN 'upkeep' THEN ARRAY['upkeep'] ELSE ARRAY['audit', 'trail'] END AS modules
FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
WHERE role ->> 'duty' IN ('upkeep', 'anchor');

DO $do$
DECLARE
  entry record;
  loaded boolean;
  settings jsonb := coalesce((SELECT declaration -> 'moduleSettings' FROM pg_temp.declared LIMIT 1), '{}');
BEGIN
  IF NOT EXISTS (SELECT FROM pg_temp.module) THEN
    RETURN;
  END IF;
  -- What the superuser runs here must be the superuser's.
  IF to_regnamespace('pgchart') IS NULL THEN
    CREATE SCHEMA pgchart;
    GRANT USAGE ON SCHEMA pgchart TO PUBLIC;
  ELSIF (SELECT pg_get_userbyid(nspowner) <> current_user FROM pg_namespace WHERE nspname = 'pgchart') THEN
    RAISE 'schema pgchart of database % is not the superuser''s; rename or drop it: the chart keeps its migrations there', current_database();
  END IF;
  IF to_regclass('pgchart.migration') IS NULL THEN
    CREATE TABLE pgchart.migration (
      module text NOT NULL,
      version integer NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (module, version)
    );
    COMMENT ON TABLE pgchart.migration IS 'Files that were applied: versions once, version 0 whenever it changed';
    CREATE TABLE pgchart.setting (name text PRIMARY KEY, value text NOT NULL);
    COMMENT ON TABLE pgchart.setting IS 'What the release says of this database';
    GRANT SELECT ON pgchart.migration, pgchart.setting TO PUBLIC;
  END IF;

  DELETE FROM pgchart.setting WHERE name NOT IN (SELECT key FROM jsonb_each(settings));
  INSERT INTO pgchart.setting AS known
  SELECT key, value FROM jsonb_each_text(settings)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE known.value <> excluded.value;

  -- The release knows images by name; whether the extension is there, and whether its library is loaded, is known here.
  FOR entry IN SELECT * FROM pg_temp.module WHERE needs IS NOT NULL LOOP
    loaded := EXISTS (SELECT FROM pg_available_extensions WHERE pg_available_extensions.name = entry.needs);
    IF entry.needs = 'timescaledb' THEN
      -- Compression and continuous aggregates are not in its Apache edition.
      loaded := loaded
        AND 'timescaledb' = ANY (string_to_array(replace(current_setting('shared_preload_libraries'), ' ', ''), ','))
        AND current_setting('timescaledb.license', true) = 'timescale';
    END IF;
    IF loaded AND EXISTS (SELECT FROM pgchart.migration WHERE module = entry.instead) THEN
      IF entry.required THEN
        RAISE 'database % was made without %: its tables are those of module %', current_database(), entry.needs, entry.instead
          USING HINT = 'move its data by hand, or do not require the extension';
      END IF;
      loaded := false;
    ELSIF NOT loaded AND EXISTS (SELECT FROM pgchart.migration WHERE module = entry.name) THEN
      RAISE 'database % was made with %, which this server does not have any more', current_database(), entry.needs
        USING HINT = 'go back to an image that has it';
    ELSIF NOT loaded AND entry.required THEN
      RAISE '% is required, and this server does not have it, does not load it, or has its Apache edition only', entry.needs;
    END IF;
    IF NOT loaded THEN
      UPDATE pg_temp.module SET name = entry.instead WHERE number = entry.number;
    END IF;
  END LOOP;
END
$do$;

-- Whoever reads, writes or keeps a database of this kind may connect to it.
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name)
FROM (
  SELECT jsonb_array_elements_text(declaration -> 'connect') AS name FROM declared
  UNION SELECT keeper.name FROM keeper JOIN module ON module.name = ANY (keeper.modules)
) AS role
WHERE NOT has_database_privilege(name, current_database(), 'CONNECT')
ORDER BY name \gexec

SELECT name FROM module WHERE name IS NOT NULL ORDER BY number;
