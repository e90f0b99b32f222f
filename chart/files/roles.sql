-- Roles as cluster.json declares them: attributes and memberships. What was never declared is left alone.
\set cluster `cat "$PGCHART_CLUSTER"`
\set owned `cat "$PGCHART_OWNED"`

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

-- 2. Attributes that differ. Of the application's role the chart says that it may log in; the rest is left alone.
SELECT format(
  'ALTER ROLE %I WITH %s %s %s %s %s %s CONNECTION LIMIT %s VALID UNTIL %L', name,
  CASE WHEN login THEN 'LOGIN' ELSE 'NOLOGIN' END,
  CASE WHEN createdb THEN 'CREATEDB' ELSE 'NOCREATEDB' END,
  CASE WHEN createrole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END,
  CASE WHEN inherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
  CASE WHEN bypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
  CASE WHEN replication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
  connection_limit, valid_until
)
FROM (
  SELECT
    role ->> 'name' AS name,
    (role ->> 'login')::boolean AS login,
    (role ->> 'createdb')::boolean AS createdb,
    (role ->> 'createrole')::boolean AS createrole,
    (role ->> 'inherit')::boolean AS inherit,
    (role ->> 'bypassRls')::boolean AS bypassrls,
    (role ->> 'replication')::boolean AS replication,
    (role ->> 'connectionLimit')::integer AS connection_limit,
    coalesce((role ->> 'validUntil')::timestamptz, 'infinity') AS valid_until
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'roles') AS role
  UNION ALL
  SELECT rolname, true, rolcreatedb, rolcreaterole, rolinherit, rolbypassrls, rolreplication, -1, coalesce(rolvaliduntil, 'infinity')
  FROM pg_roles
  WHERE rolname = :'cluster'::jsonb ->> 'owner'
) AS declared
JOIN pg_roles ON rolname = name
WHERE (rolcanlogin, rolcreatedb, rolcreaterole, rolinherit, rolbypassrls, rolreplication, rolconnlimit, coalesce(rolvaliduntil, 'infinity'))
  IS DISTINCT FROM (login, createdb, createrole, inherit, bypassrls, replication, connection_limit, valid_until)
ORDER BY name \gexec

-- 3. Memberships that are missing, and those that an earlier declaration gave and this one does not.
SELECT format('GRANT %I TO %I', parent, name)
FROM (
  SELECT role ->> 'name' AS name, jsonb_array_elements_text(role -> 'memberOf') AS parent
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'roles') AS role
) AS declared
WHERE NOT EXISTS (
  SELECT FROM pg_auth_members
  JOIN pg_roles AS member_role ON member_role.oid = member
  JOIN pg_roles AS parent_role ON parent_role.oid = roleid
  WHERE member_role.rolname = name AND parent_role.rolname = parent
)
ORDER BY 1 \gexec
SELECT format('REVOKE %I FROM %I', parent_role.rolname, member_role.rolname)
FROM (
  SELECT role ->> 'name' AS name, jsonb_array_elements_text(role -> 'memberOf') AS parent
  FROM jsonb_array_elements(:'owned'::jsonb) AS declaration, jsonb_array_elements(declaration -> 'roles') AS role
  EXCEPT
  SELECT role ->> 'name', jsonb_array_elements_text(role -> 'memberOf')
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'roles') AS role
) AS retired
JOIN pg_roles AS member_role ON member_role.rolname = name
JOIN pg_roles AS parent_role ON parent_role.rolname = parent
JOIN pg_auth_members ON member = member_role.oid AND roleid = parent_role.oid
ORDER BY 1 \gexec

-- 4. A role that is declared no more may own things and stays, but nobody logs in with it.
SELECT format('ALTER ROLE %I WITH NOLOGIN', rolname)
FROM (
  SELECT role ->> 'name' AS name
  FROM jsonb_array_elements(:'owned'::jsonb) AS declaration, jsonb_array_elements(declaration -> 'roles') AS role
  EXCEPT (
    SELECT role ->> 'name' FROM jsonb_array_elements(:'cluster'::jsonb -> 'roles') AS role
    UNION SELECT role ->> 'name' FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
    UNION SELECT :'cluster'::jsonb ->> 'owner'
  )
) AS retired
JOIN pg_roles ON rolname = name
WHERE rolcanlogin AND rolname <> current_user
ORDER BY 1 \gexec

-- 5. Roles of the chart's own parts. They own nothing.
SELECT format('CREATE ROLE %I', role ->> 'name')
FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role ->> 'name')
ORDER BY 1 \gexec
SELECT format(
  'ALTER ROLE %I WITH LOGIN %s %s CONNECTION LIMIT %s',
  name,
  CASE WHEN replication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
  CASE WHEN bypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
  connection_limit
)
FROM (
  SELECT
    role ->> 'name' AS name,
    role ->> 'duty' = 'replication' AS replication,
    role ->> 'duty' = 'backup' AS bypassrls,
    (role ->> 'connectionLimit')::integer AS connection_limit
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
) AS duty
JOIN pg_roles ON rolname = name
WHERE (rolcanlogin, rolreplication, rolbypassrls, rolconnlimit) IS DISTINCT FROM (true, replication, bypassrls, connection_limit)
ORDER BY name \gexec
SELECT format('GRANT %I TO %I', parent, role ->> 'name')
FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role, jsonb_array_elements_text(role -> 'memberOf') AS parent
WHERE NOT EXISTS (
  SELECT FROM pg_auth_members
  JOIN pg_roles AS member_role ON member_role.oid = member
  JOIN pg_roles AS parent_role ON parent_role.oid = roleid
  WHERE member_role.rolname = role ->> 'name' AND parent_role.rolname = parent
)
ORDER BY 1 \gexec

-- A backup has all rows, whatever policies say, and all large objects, which pg_read_all_data knows nothing of.
SELECT format('ALTER ROLE %I SET %s = on', rolname, setting)
FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
JOIN pg_roles ON rolname = role ->> 'name'
CROSS JOIN unnest(ARRAY['default_transaction_read_only', 'lo_compat_privileges']) AS setting
WHERE role ->> 'duty' = 'backup' AND NOT setting || '=on' = ANY (coalesce(rolconfig, '{}'))
ORDER BY setting \gexec

-- Standbys copy and follow, and pg_rewind reads files.
SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', function, role ->> 'name')
FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role, unnest(ARRAY[
  'pg_catalog.pg_ls_dir(text, boolean, boolean)',
  'pg_catalog.pg_stat_file(text, boolean)',
  'pg_catalog.pg_read_binary_file(text)',
  'pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)'
]) AS function
WHERE role ->> 'duty' = 'replication' AND NOT has_function_privilege(role ->> 'name', function, 'EXECUTE')
ORDER BY function \gexec
