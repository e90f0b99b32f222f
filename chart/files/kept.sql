-- What every boot sees to in a database with modules: the next partitions, and what roles of the chart's parts may call.
\set cluster `cat "$PGCHART_CLUSTER"`

-- Both functions belong to roles that nobody logs in as.
SELECT format('DO $$BEGIN PERFORM %s; END$$', function)
FROM unnest(ARRAY['upkeep.ensure()', 'audit.ensure()']) AS function
WHERE to_regprocedure(function) IS NOT NULL \gexec

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
