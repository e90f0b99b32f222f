-- Schemas that cluster.json declares for the connected database, and their owners.
\set cluster `cat "$PGCHART_CLUSTER"`

SELECT format('CREATE SCHEMA %I AUTHORIZATION %I', schema ->> 'name', schema ->> 'owner')
FROM jsonb_array_elements(:'cluster'::jsonb -> 'schemas') AS schema
WHERE schema ->> 'database' = current_database() AND NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = schema ->> 'name')
ORDER BY 1 \gexec
SELECT format('ALTER SCHEMA %I OWNER TO %I', nspname, schema ->> 'owner')
FROM jsonb_array_elements(:'cluster'::jsonb -> 'schemas') AS schema
JOIN pg_namespace ON nspname = schema ->> 'name'
WHERE schema ->> 'database' = current_database() AND pg_get_userbyid(nspowner) <> schema ->> 'owner'
ORDER BY 1 \gexec
