-- The matrix of rights, and its reviews.
SET LOCAL ROLE audit_owner;
SELECT audit.guard('access.review') \g /dev/null
SELECT audit.attach('access.review') \g /dev/null

CREATE OR REPLACE VIEW access.role AS
SELECT role.rolname::text AS name, role.rolcanlogin AS login, role.rolsuper AS superuser, role.rolreplication AS replication,
  role.rolconnlimit AS connection_limit, role.rolvaliduntil AS valid_until,
  coalesce((
    SELECT array_agg(parent.rolname::text ORDER BY parent.rolname) FROM pg_auth_members JOIN pg_roles AS parent ON parent.oid = roleid
    WHERE member = role.oid
  ), '{}') AS member_of
FROM pg_roles AS role
WHERE role.rolname !~ '^pg_';
COMMENT ON VIEW access.role IS 'Every role and what it is a member of';

CREATE OR REPLACE VIEW access.matrix AS
SELECT coalesce(pg_get_userbyid(nullif(acl.grantee, 0))::text, 'PUBLIC') AS role, nspname::text AS schema, relname::text AS relation,
  string_agg(acl.privilege_type, ', ' ORDER BY acl.privilege_type) AS rights
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace,
  aclexplode(coalesce(relacl, acldefault('r', relowner))) AS acl
WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition AND nspname !~ '^(pg_|information_schema$)'
GROUP BY 1, 2, 3;
COMMENT ON VIEW access.matrix IS 'Which role may do what with which table of this database';

CREATE OR REPLACE FUNCTION access.review(finding text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  INSERT INTO access.review (finding, roles, rights)
  SELECT $1, (SELECT jsonb_agg(to_jsonb(role) ORDER BY name) FROM access.role), (SELECT jsonb_agg(to_jsonb(matrix) ORDER BY role, schema, relation) FROM access.matrix)
  RETURNING review_id
$$;
COMMENT ON FUNCTION access.review(text) IS 'Writes down that somebody has looked at roles and rights, with what he saw';

CREATE OR REPLACE VIEW access.overdue AS
SELECT max(at) AS last, coalesce(max(at) < now() - make_interval(days => (SELECT nullif(value, '')::integer FROM pgchart.setting WHERE name = 'compliance.accessReviewDays')), true) AS overdue
FROM access.review;
COMMENT ON VIEW access.overdue IS 'When the last review was, and whether the next one is late';

CREATE OR REPLACE VIEW access.changed AS
WITH last AS (SELECT roles FROM access.review ORDER BY review_id DESC LIMIT 1)
SELECT coalesce(now.name COLLATE "default", before.role ->> 'name') AS name, before.role AS before, to_jsonb(now) AS after
FROM (SELECT jsonb_array_elements(roles) AS role FROM last) AS before
FULL JOIN access.role AS now ON now.name = before.role ->> 'name'
WHERE before.role IS DISTINCT FROM to_jsonb(now);
COMMENT ON VIEW access.changed IS 'Roles that have changed since the last review';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA access FROM PUBLIC;
GRANT USAGE ON SCHEMA access TO auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA access TO auditor;
GRANT EXECUTE ON FUNCTION access.review(text) TO auditor;
