-- Privileges that cluster.json declares in the connected database. What an earlier declaration granted and this one does not is
-- revoked; what somebody else granted stays.
\set cluster `cat "$PGCHART_CLUSTER"`
\set owned `cat "$PGCHART_OWNED"`
SELECT set_config('pgchart.cluster', :'cluster', false), set_config('pgchart.owned', :'owned', false) \g /dev/null

DO $do$
DECLARE
  missing text;
  statement text;
BEGIN
  -- A name that is not there is an error, not nothing to do.
  SELECT format('%s %s of database %s does not exist', item ->> 'on', coalesce(item ->> 'schema' || '.', '') || name, current_database())
  INTO missing
  FROM jsonb_array_elements(current_setting('pgchart.cluster')::jsonb -> 'privileges') AS item,
    jsonb_array_elements_text(item -> 'names') AS name
  WHERE item ->> 'database' = current_database() AND NOT CASE item ->> 'on'
    WHEN 'schema' THEN EXISTS (SELECT FROM pg_namespace WHERE nspname = name)
    WHEN 'function' THEN EXISTS (SELECT FROM pg_proc WHERE proname = name AND pronamespace = to_regnamespace(quote_ident(item ->> 'schema')))
    ELSE EXISTS (
      SELECT FROM pg_class
      WHERE relname = name AND relnamespace = to_regnamespace(quote_ident(item ->> 'schema'))
        AND CASE item ->> 'on' WHEN 'sequence' THEN relkind = 'S' ELSE relkind IN ('r', 'p', 'v', 'm', 'f') END
    )
  END
  LIMIT 1;
  IF FOUND THEN
    RAISE '%', missing;
  END IF;

  FOR statement IN
    WITH declared AS (
      SELECT true AS wanted, item FROM jsonb_array_elements(current_setting('pgchart.cluster')::jsonb -> 'privileges') AS item
      UNION ALL
      SELECT false, item
      FROM jsonb_array_elements(current_setting('pgchart.owned')::jsonb) AS declaration, jsonb_array_elements(declaration -> 'privileges') AS item
    ),
    items AS (
      SELECT
        wanted, item ->> 'on' AS kind, item ->> 'schema' AS schema, item -> 'names' AS names, item -> 'creators' AS creators,
        coalesce((item ->> 'grantable')::boolean, false) AS grantable, privilege,
        CASE item ->> 'role' WHEN 'public' THEN 0 ELSE pg_roles.oid END AS grantee,
        CASE item ->> 'role' WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(rolname) END AS role
      FROM declared
      CROSS JOIN jsonb_array_elements_text(item -> 'grant') AS privilege
      LEFT JOIN pg_roles ON rolname = item ->> 'role'
      WHERE item ->> 'database' = current_database() AND (item ->> 'role' = 'public' OR rolname IS NOT NULL)
    ),
    objects AS (
      SELECT 'database' AS kind, NULL::text AS schema, datname::text AS name, 'DATABASE ' || quote_ident(datname) AS object, coalesce(datacl, acldefault('d', datdba)) AS acl
      FROM pg_database
      WHERE datname = current_database()
      UNION ALL
      SELECT 'schema', NULL, nspname, 'SCHEMA ' || quote_ident(nspname), coalesce(nspacl, acldefault('n', nspowner))
      FROM pg_namespace
      UNION ALL
      SELECT
        CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, nspname, relname,
        format('%s %I.%I', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, nspname, relname),
        coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, relowner))
      FROM pg_class
      JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      UNION ALL
      SELECT
        'function', nspname, proname,
        format('ROUTINE %I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(pg_proc.oid)),
        coalesce(proacl, acldefault('f', proowner))
      FROM pg_proc
      JOIN pg_namespace ON pg_namespace.oid = pronamespace
      WHERE prokind <> 'a'
    ),
    -- Who has what on which object by the declarations: the present one, or only an earlier one.
    rights AS (
      SELECT
        object, acl, grantee, role, privilege, coalesce(bool_or(grantable) FILTER (WHERE wanted), false) AS grantable, bool_or(wanted) AS wanted
      FROM items
      JOIN objects USING (kind)
      WHERE objects.schema IS NOT DISTINCT FROM items.schema AND (items.kind = 'database' OR names = '[]' OR names ? objects.name)
      GROUP BY object, acl, grantee, role, privilege
    ),
    -- The same of what is yet to be created.
    future AS (
      SELECT
        creator.oid AS creator, creator.rolname AS creator_name, pg_namespace.oid AS schema, nspname, kind, grantee, role, privilege,
        coalesce(bool_or(grantable) FILTER (WHERE wanted), false) AS grantable, bool_or(wanted) AS wanted
      FROM items
      CROSS JOIN jsonb_array_elements_text(creators) AS name
      JOIN pg_roles AS creator ON creator.rolname = name
      JOIN pg_namespace ON nspname = items.schema
      GROUP BY creator.oid, creator.rolname, pg_namespace.oid, nspname, kind, grantee, role, privilege
    ),
    statements AS (
      SELECT
        wanted, object, role, privilege, grantable, held.is_grantable,
        CASE WHEN wanted
          THEN format('GRANT %s ON %s TO %s', privilege, object, role) || CASE WHEN grantable THEN ' WITH GRANT OPTION' ELSE '' END
          ELSE format('REVOKE %s ON %s FROM %s', privilege, object, role)
        END AS statement,
        format('REVOKE GRANT OPTION FOR %s ON %s FROM %s', privilege, object, role) AS revoke_option
      FROM rights
      LEFT JOIN LATERAL (
        SELECT bool_or(entry.is_grantable) AS is_grantable
        FROM aclexplode(acl) AS entry
        WHERE entry.grantee = rights.grantee AND entry.privilege_type = privilege
      ) AS held ON true
      UNION ALL
      SELECT
        wanted, nspname, role, privilege, grantable, held.is_grantable,
        format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I ', creator_name, nspname) || CASE WHEN wanted
          THEN format('GRANT %s ON %sS TO %s', privilege, upper(kind), role) || CASE WHEN grantable THEN ' WITH GRANT OPTION' ELSE '' END
          ELSE format('REVOKE %s ON %sS FROM %s', privilege, upper(kind), role)
        END,
        format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I REVOKE GRANT OPTION FOR %s ON %sS FROM %s', creator_name, nspname, privilege, upper(kind), role)
      FROM future
      LEFT JOIN LATERAL (
        SELECT bool_or(entry.is_grantable) AS is_grantable
        FROM pg_default_acl, aclexplode(defaclacl) AS entry
        WHERE defaclrole = creator AND defaclnamespace = future.schema
          AND defaclobjtype = CASE kind WHEN 'sequence' THEN 'S' WHEN 'function' THEN 'f' ELSE 'r' END
          AND entry.grantee = future.grantee AND entry.privilege_type = privilege
      ) AS held ON true
    )
    SELECT CASE WHEN wanted AND is_grantable AND NOT grantable THEN revoke_option ELSE statements.statement END
    FROM statements
    WHERE CASE WHEN wanted THEN is_grantable IS DISTINCT FROM grantable ELSE is_grantable IS NOT NULL END
    ORDER BY wanted, object, role, privilege
  LOOP
    EXECUTE statement;
  END LOOP;
END
$do$;
