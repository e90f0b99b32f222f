-- What every boot sees to in a database with modules: the next partitions, and who may call the upkeep.
\set cluster `cat "$PGCHART_CLUSTER"`

SELECT 'DO $$BEGIN PERFORM upkeep.ensure(); END$$' WHERE to_regprocedure('upkeep.ensure()') IS NOT NULL \gexec

SELECT format('GRANT USAGE ON SCHEMA upkeep TO %I', name), format('GRANT EXECUTE ON FUNCTION upkeep.run() TO %I', name)
FROM (
  SELECT role ->> 'name' AS name
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'duties') AS role
  WHERE role ->> 'duty' = 'upkeep' AND to_regprocedure('upkeep.run()') IS NOT NULL
) AS keeper
WHERE NOT has_schema_privilege(name, to_regnamespace('upkeep'), 'USAGE')
  OR NOT has_function_privilege(name, to_regprocedure('upkeep.run()'), 'EXECUTE') \gexec
