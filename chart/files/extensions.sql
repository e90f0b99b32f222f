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

-- An extension is part of the application: the image only offers a newer one. Whatever else the image offers and PostgreSQL cannot
-- read is no reason not to start.
DO $$
DECLARE
  extension record;
BEGIN
  FOR extension IN
    SELECT name, installed_version, default_version FROM pg_available_extensions WHERE installed_version <> default_version ORDER BY name
  LOOP
    RAISE WARNING 'extension % of database % is %, the image has %: ALTER EXTENSION % UPDATE',
      extension.name, current_database(), extension.installed_version, extension.default_version, quote_ident(extension.name);
  END LOOP;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'the extensions of the image cannot be compared with those of database %: %', current_database(), SQLERRM;
END
$$;
