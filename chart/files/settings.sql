-- Settings of roles and databases as cluster.json declares them. What an earlier declaration set and this one does not goes back to
-- the server's; what somebody else set stays.
\set cluster `cat "$PGCHART_CLUSTER"`
\set owned `cat "$PGCHART_OWNED"`
SELECT set_config('pgchart.cluster', :'cluster', false), set_config('pgchart.owned', :'owned', false) \g /dev/null

DO $do$
DECLARE
  setting record;
  target text;
  current text[];
  before text;
  normal text;
BEGIN
  FOR setting IN
    WITH declared AS (
      SELECT false AS retired, item FROM jsonb_array_elements(current_setting('pgchart.cluster')::jsonb -> 'settings') AS item
      UNION ALL
      SELECT true, item
      FROM jsonb_array_elements(current_setting('pgchart.owned')::jsonb) AS declaration, jsonb_array_elements(declaration -> 'settings') AS item
    )
    SELECT
      item ->> 'role' AS role, item ->> 'database' AS database, item ->> 'name' AS name,
      max(item ->> 'value') FILTER (WHERE NOT retired) AS value
    FROM declared
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
  LOOP
    CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = setting.role)
      AND NOT EXISTS (SELECT FROM pg_database WHERE datname = setting.database);
    target := CASE WHEN setting.role IS NULL THEN format('DATABASE %I', setting.database) ELSE format('ROLE %I', setting.role) END;
    current := (
      SELECT setconfig
      FROM pg_db_role_setting
      WHERE setrole = coalesce((SELECT oid FROM pg_roles WHERE rolname = setting.role), 0)
        AND setdatabase = coalesce((SELECT oid FROM pg_database WHERE datname = setting.database), 0)
    );
    IF setting.value IS NULL THEN
      IF EXISTS (SELECT FROM unnest(current) AS entry WHERE lower(split_part(entry, '=', 1)) = lower(setting.name)) THEN
        EXECUTE format('ALTER %s RESET %s', target, quote_ident(setting.name));
      END IF;
      CONTINUE;
    END IF;
    -- The server's own spelling of the value, and the only way to give a list of names as one text.
    before := current_setting(setting.name, true);
    normal := set_config(setting.name, setting.value, true);
    IF NOT coalesce(setting.name || '=' || normal = ANY (current), false) THEN
      EXECUTE format('ALTER %s SET %s FROM CURRENT', target, quote_ident(setting.name));
    END IF;
    PERFORM set_config(setting.name, coalesce(before, ''), true);
  END LOOP;
END
$do$;
