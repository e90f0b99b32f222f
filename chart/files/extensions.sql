-- Extensions that cluster.json declares for the connected database. They are created in public unless they name a schema.
\set cluster `cat "$PGCHART_CLUSTER"`

SELECT 'SET search_path = public', format('CREATE EXTENSION %I CASCADE', name), 'RESET search_path'
FROM (
  SELECT jsonb_array_elements_text(:'cluster'::jsonb -> 'extensions') AS name
  WHERE :'cluster'::jsonb ->> 'database' = current_database()
  UNION
  SELECT jsonb_array_elements_text(database -> 'extensions')
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'databases') AS database
  WHERE database ->> 'name' = current_database() AND jsonb_typeof(database -> 'extensions') = 'array'
) AS declared
WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = name)
ORDER BY name \gexec

-- An extension is part of the application: the image only offers a newer one.
SELECT format(
  'DO $$BEGIN RAISE WARNING %L; END$$',
  format('extension %s of database %s is %s, the image has %s: ALTER EXTENSION %1$I UPDATE', name, current_database(), installed_version, default_version)
)
FROM pg_available_extensions
WHERE installed_version <> default_version
ORDER BY name \gexec
