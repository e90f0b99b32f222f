-- Roles as cluster.json declares them: login, connection limit, membership. What is not declared there is left alone.
\set cluster `cat "$PGCHART_CLUSTER"`

-- The application's roles own data, not the server.
SELECT format('DO $$BEGIN RAISE ''role %I is the superuser and cannot own a database''; END$$', current_user)
FROM (
  SELECT :'cluster'::jsonb ->> 'owner' AS name
  UNION SELECT role ->> 'name' FROM jsonb_array_elements(:'cluster'::jsonb -> 'roles') AS role
) AS declared
WHERE name = current_user \gexec

-- 1. Roles that are missing.
SELECT DISTINCT format('CREATE ROLE %I', name)
FROM (
  SELECT :'cluster'::jsonb ->> 'owner' AS name
  UNION SELECT role ->> 'name' FROM jsonb_array_elements(:'cluster'::jsonb -> 'roles') AS role
  UNION SELECT nullif(database ->> 'owner', '') FROM jsonb_array_elements(:'cluster'::jsonb -> 'databases') AS database
) AS declared
WHERE name IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
ORDER BY 1 \gexec

-- 2. Attributes that differ.
SELECT format(
  'ALTER ROLE %I WITH %s CONNECTION LIMIT %s', name, CASE WHEN login THEN 'LOGIN' ELSE 'NOLOGIN' END, connection_limit
)
FROM (
  SELECT
    role ->> 'name' AS name,
    coalesce((role ->> 'login')::boolean, true) AS login,
    coalesce((role ->> 'connectionLimit')::integer, -1) AS connection_limit
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'roles') AS role
  UNION ALL
  SELECT owner, true, -1
  FROM (SELECT :'cluster'::jsonb ->> 'owner' AS owner) AS application
  WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(:'cluster'::jsonb -> 'roles') AS role WHERE role ->> 'name' = owner)
) AS declared
JOIN pg_roles ON rolname = name
WHERE (rolcanlogin, rolconnlimit) IS DISTINCT FROM (login, connection_limit)
ORDER BY name \gexec

-- 3. Memberships that are missing.
SELECT format('GRANT %I TO %I', parent, name)
FROM (
  SELECT role ->> 'name' AS name, jsonb_array_elements_text(role -> 'memberOf') AS parent
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'roles') AS role
  WHERE jsonb_typeof(role -> 'memberOf') = 'array'
) AS declared
WHERE NOT EXISTS (
  SELECT FROM pg_auth_members
  JOIN pg_roles AS member_role ON member_role.oid = member
  JOIN pg_roles AS parent_role ON parent_role.oid = roleid
  WHERE member_role.rolname = name AND parent_role.rolname = parent
)
ORDER BY 1 \gexec

-- 4. Roles of the chart's own parts. They own nothing.
CREATE TEMPORARY TABLE duty AS
SELECT role ->> 'name' AS name, role ->> 'duty' AS duty, (role ->> 'connectionLimit')::integer AS connection_limit, role -> 'memberOf' AS parents
FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role;

SELECT format('CREATE ROLE %I', name) FROM duty WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) ORDER BY 1 \gexec
SELECT format(
  'ALTER ROLE %I WITH LOGIN %s %s CONNECTION LIMIT %s',
  name,
  CASE WHEN duty = 'replication' THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
  CASE WHEN duty = 'backup' THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
  connection_limit
)
FROM duty
JOIN pg_roles ON rolname = name
WHERE (rolcanlogin, rolreplication, rolbypassrls, rolconnlimit)
  IS DISTINCT FROM (true, duty = 'replication', duty = 'backup', connection_limit)
ORDER BY name \gexec
SELECT format('GRANT %I TO %I', parent, name)
FROM duty, jsonb_array_elements_text(parents) AS parent
WHERE NOT EXISTS (
  SELECT FROM pg_auth_members
  JOIN pg_roles AS member_role ON member_role.oid = member
  JOIN pg_roles AS parent_role ON parent_role.oid = roleid
  WHERE member_role.rolname = name AND parent_role.rolname = parent
)
ORDER BY 1 \gexec

-- A backup has all rows, whatever policies say, and all large objects, which pg_read_all_data knows nothing of.
SELECT format('ALTER ROLE %I SET %s = on', name, setting)
FROM duty, unnest(ARRAY['default_transaction_read_only', 'lo_compat_privileges']) AS setting
JOIN pg_roles ON true
WHERE duty = 'backup' AND rolname = name AND NOT setting || '=on' = ANY (coalesce(rolconfig, '{}'))
ORDER BY setting \gexec

-- Standbys copy and follow, and pg_rewind reads files.
SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', function, name)
FROM duty, unnest(ARRAY[
  'pg_catalog.pg_ls_dir(text, boolean, boolean)',
  'pg_catalog.pg_stat_file(text, boolean)',
  'pg_catalog.pg_read_binary_file(text)',
  'pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)'
]) AS function
WHERE duty = 'replication' AND NOT has_function_privilege(name, function, 'EXECUTE')
ORDER BY function \gexec
