-- Subscriptions that cluster.json declares, or that an earlier declaration made and this one does not, one a line: the file with the
-- password, the database, the name.
\set cluster `cat "$PGCHART_CLUSTER"`
\set owned `cat "$PGCHART_OWNED"`
SELECT concat_ws('|', coalesce(file, ''), database, name)
FROM (
  SELECT declaration ->> 'name' AS name, declaration ->> 'database' AS database, declaration ->> 'file' AS file
  FROM jsonb_array_elements(:'cluster'::jsonb -> 'subscriptions') AS declaration
  UNION ALL
  SELECT subname, datname, NULL
  FROM pg_subscription
  JOIN pg_database ON pg_database.oid = subdbid
  WHERE EXISTS (
    SELECT
    FROM jsonb_array_elements(:'owned'::jsonb) AS earlier, jsonb_array_elements(coalesce(earlier -> 'subscriptions', '[]')) AS declaration
    WHERE declaration ->> 'name' = subname AND declaration ->> 'database' = datname
  )
  AND NOT EXISTS (
    SELECT
    FROM jsonb_array_elements(:'cluster'::jsonb -> 'subscriptions') AS declaration
    WHERE declaration ->> 'name' = subname AND declaration ->> 'database' = datname
  )
) AS subscription
ORDER BY file IS NOT NULL, database, name;
