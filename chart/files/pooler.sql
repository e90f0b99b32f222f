-- The function by which the pooler looks up passwords, in database postgres. It runs as superuser and
-- answers the pooler's role alone; superusers and standbys it does not know, nor roles that may not log in any more. Without a
-- pooler there is none.
\set cluster `cat "$PGCHART_CLUSTER"`

SELECT set_config('pgchart.pooler', coalesce(max(role ->> 'name'), ''), false)
FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
WHERE role ->> 'duty' = 'pooler'
\g /dev/null

DO $do$
DECLARE
  pooler text := current_setting('pgchart.pooler');
  -- Nothing that a caller sets changes what these names mean.
  path constant text := 'search_path=pg_catalog, pg_temp';
  body constant text := $body$
  SELECT rolname::text, rolpassword
  FROM pg_catalog.pg_authid
  WHERE rolname = wanted
    AND rolcanlogin AND NOT rolsuper AND NOT rolreplication AND rolname <> session_user
    AND (rolvaliduntil IS NULL OR rolvaliduntil > now())
    AND rolpassword LIKE 'SCRAM-SHA-256$%'
$body$;
  grantee oid;
BEGIN
  IF pooler = '' THEN
    IF to_regprocedure('pgchart.login(text)') IS NOT NULL THEN
      DROP FUNCTION pgchart.login(text);
    END IF;
    RETURN;
  END IF;

  CREATE SCHEMA IF NOT EXISTS pgchart;
  -- Whoever owns the schema could put a function of his own into its place, and be anybody to the pooler.
  IF (SELECT pg_get_userbyid(nspowner) <> current_user FROM pg_namespace WHERE nspname = 'pgchart') THEN
    RAISE 'schema pgchart of database % is not the superuser''s; rename or drop it: passwords are looked up there', current_database();
  END IF;
  IF NOT EXISTS (
    SELECT FROM pg_proc
    WHERE oid = to_regprocedure('pgchart.login(text)') AND prosrc = body AND prosecdef AND proconfig = ARRAY[path]
      AND pg_get_userbyid(proowner) = current_user
  ) THEN
    IF to_regprocedure('pgchart.login(text)') IS NOT NULL THEN
      DROP FUNCTION pgchart.login(text);
    END IF;
    EXECUTE format(
      'CREATE FUNCTION pgchart.login(wanted text) RETURNS TABLE (role text, verifier text) LANGUAGE sql STABLE SECURITY DEFINER '
      'SET search_path = pg_catalog, pg_temp AS %L', body
    );
  END IF;

  FOR grantee IN
    SELECT acl.grantee
    FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl
    WHERE pg_proc.oid = 'pgchart.login(text)'::regprocedure AND acl.grantee NOT IN (proowner, quote_ident(pooler)::regrole)
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION pgchart.login(text) FROM %s', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END);
  END LOOP;
  IF NOT has_function_privilege(pooler, 'pgchart.login(text)', 'EXECUTE') THEN
    EXECUTE format('GRANT EXECUTE ON FUNCTION pgchart.login(text) TO %I', pooler);
  END IF;
  IF NOT has_schema_privilege(pooler, 'pgchart', 'USAGE') THEN
    EXECUTE format('GRANT USAGE ON SCHEMA pgchart TO %I', pooler);
  END IF;
  IF NOT has_database_privilege(pooler, current_database(), 'CONNECT') THEN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), pooler);
  END IF;
END
$do$;
