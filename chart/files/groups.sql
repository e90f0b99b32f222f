-- Roles that nobody logs in as: they own schemas, or have rights that members get. Memberships are declared with the members.
\set cluster `cat "$PGCHART_CLUSTER"`

SELECT format('CREATE ROLE %I NOLOGIN', name)
FROM jsonb_array_elements_text(:'cluster'::jsonb -> 'groups') AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
ORDER BY name \gexec

SELECT format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', name)
FROM jsonb_array_elements_text(:'cluster'::jsonb -> 'groups') AS name
JOIN pg_roles ON rolname = name
WHERE rolcanlogin OR rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
ORDER BY name \gexec
