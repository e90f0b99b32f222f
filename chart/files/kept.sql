-- What every boot sees to in a database with modules: the next partitions, and what roles of the chart's parts may call.
\set cluster `cat "$PGCHART_CLUSTER"`

-- Both functions belong to roles that nobody logs in as.
SELECT format('DO $$BEGIN PERFORM %s; END$$', function)
FROM unnest(ARRAY['upkeep.ensure()', 'audit.ensure()']) AS function
WHERE to_regprocedure(function) IS NOT NULL \gexec

-- Rows of the chart's own tables may be signed, and tell of persons; owners of other tables grant the same.
WITH ours AS MATERIALIZED (
  SELECT oid, nspname,
    CASE WHEN to_regnamespace('privacy') IS NULL OR nspname IN ('documents', 'trace') THEN 'SELECT' ELSE 'SELECT, UPDATE' END AS rights
  FROM pg_namespace
  WHERE nspname IN ('factory', 'production', 'quality', 'qms', 'maintenance', 'energy', 'scada', 'documents', 'trace')
    AND to_regnamespace('audit') IS NOT NULL
)
SELECT format('GRANT USAGE ON SCHEMA %I TO record_handler', nspname) FROM ours WHERE NOT has_schema_privilege('record_handler', oid, 'USAGE')
UNION ALL
SELECT format('GRANT %s ON %s TO record_handler', rights, pg_class.oid::regclass) FROM ours JOIN pg_class ON relnamespace = ours.oid
WHERE relkind = 'r' AND NOT relispartition
  AND NOT (SELECT bool_and(has_table_privilege('record_handler', pg_class.oid, privilege)) FROM unnest(string_to_array(rights, ', ')) AS privilege)
ORDER BY 1 \gexec

WITH wanted AS (
  SELECT role ->> 'name' AS name, split_part(function, '.', 1) AS schema, function
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
  JOIN (VALUES
    ('upkeep', 'upkeep.run()'),
    ('anchor', 'audit.heads()'), ('anchor', 'audit.verify_all()'), ('anchor', 'audit.matches(text,bigint,bytea)'),
    ('anchor', 'audit.export_after(text,bigint,integer)')
  ) AS duty (duty, function) ON duty.duty = role ->> 'duty'
  WHERE to_regprocedure(function) IS NOT NULL
)
SELECT format('GRANT USAGE ON SCHEMA %I TO %I', schema, name) FROM wanted WHERE NOT has_schema_privilege(name, schema, 'USAGE')
UNION
SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', function, name) FROM wanted WHERE NOT has_function_privilege(name, function, 'EXECUTE')
ORDER BY 1 \gexec
