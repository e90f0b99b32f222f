-- Databases as cluster.json declares them; prints their names, one a line.
\set cluster `cat "$PGCHART_CLUSTER"`

-- 1. Databases that are missing. An encoding or a locale of its own needs the untouched template.
SELECT format('CREATE DATABASE %I OWNER %I', name, owner)
  || CASE WHEN encoding IS NOT NULL OR locale IS NOT NULL THEN ' TEMPLATE template0' ELSE '' END
  || coalesce(' ENCODING ' || quote_literal(encoding), '')
  || coalesce(' LOCALE ' || quote_literal(locale), '')
FROM (
  SELECT :'cluster'::jsonb ->> 'database' AS name, :'cluster'::jsonb ->> 'owner' AS owner, NULL AS encoding, NULL AS locale
  UNION
  SELECT
    database ->> 'name',
    coalesce(nullif(database ->> 'owner', ''), :'cluster'::jsonb ->> 'owner'),
    nullif(database ->> 'encoding', ''),
    nullif(database ->> 'locale', '')
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'databases') AS database
) AS declared
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name)
ORDER BY name \gexec

-- 2. Owners that differ. On 15 and later the owner of a database may create in its schema public.
SELECT format('ALTER DATABASE %I OWNER TO %I', name, owner)
FROM (
  SELECT :'cluster'::jsonb ->> 'database' AS name, :'cluster'::jsonb ->> 'owner' AS owner
  UNION
  SELECT database ->> 'name', coalesce(nullif(database ->> 'owner', ''), :'cluster'::jsonb ->> 'owner')
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'databases') AS database
) AS declared
JOIN pg_database ON datname = name
WHERE pg_get_userbyid(datdba) <> owner
ORDER BY name \gexec

-- 3. A database whose privileges nobody has touched is closed to strangers.
SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', datname)
FROM pg_database
WHERE datacl IS NULL AND datname IN (
  SELECT :'cluster'::jsonb ->> 'database'
  UNION SELECT database ->> 'name' FROM jsonb_array_elements(:'cluster'::jsonb -> 'databases') AS database
)
ORDER BY datname \gexec

-- 4. How many connections they take.
SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s', datname, database ->> 'connectionLimit')
FROM jsonb_array_elements(:'cluster'::jsonb -> 'databases') AS database
JOIN pg_database ON datname = database ->> 'name'
WHERE datconnlimit <> (database ->> 'connectionLimit')::integer
ORDER BY datname \gexec

-- 5. The exporter and the tests read statistics in the application's database.
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', :'cluster'::jsonb ->> 'database', rolname)
FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
JOIN pg_roles ON rolname = role ->> 'name'
WHERE role ->> 'duty' IN ('metrics', 'tests') AND NOT has_database_privilege(rolname, :'cluster'::jsonb ->> 'database', 'CONNECT')
ORDER BY rolname \gexec

-- 6. Pgpool-II asks in database postgres, which may have been closed to strangers.
SELECT format('GRANT CONNECT ON DATABASE postgres TO %I', rolname)
FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
JOIN pg_roles ON rolname = role ->> 'name'
WHERE role ->> 'duty' = 'balancer' AND NOT has_database_privilege(rolname, 'postgres', 'CONNECT')
ORDER BY rolname \gexec

-- 7. Backups are of every database.
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', datname, rolname)
FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
JOIN pg_roles ON rolname = role ->> 'name'
JOIN pg_database ON datallowconn
WHERE role ->> 'duty' = 'backup' AND NOT has_database_privilege(rolname, datname, 'CONNECT')
ORDER BY datname \gexec

SELECT :'cluster'::jsonb ->> 'database' AS name
UNION SELECT database ->> 'name' FROM jsonb_array_elements(:'cluster'::jsonb -> 'databases') AS database
ORDER BY name;
