-- One subscription of the connected database as cluster.json declares it, or its end. No transaction holds it: the publisher's slot is
-- made and dropped by it. Nothing here is logged, audited or counted: the connection has a password.
SET pgaudit.log = none;
SET pg_stat_statements.track = none;
\set cluster `cat "$PGCHART_CLUSTER"`
\getenv name PGCHART_SUBSCRIPTION
\getenv password PGCHART_PASSWORD
CREATE TEMPORARY TABLE wanted AS
SELECT
  declaration ->> 'name' AS name,
  (SELECT string_agg(quote_ident(part), ', ' ORDER BY n) FROM jsonb_array_elements_text(declaration -> 'publications') WITH ORDINALITY AS parts (part, n)) AS publications,
  ARRAY(SELECT part FROM jsonb_array_elements_text(declaration -> 'publications') AS part ORDER BY 1) AS names,
  -- Backslashes and quotes are what libpq's strings know.
  (
    SELECT string_agg(format('%s=''%s''', key, replace(replace(value, '\', '\\'), '''', '\''')), ' ' ORDER BY key)
    FROM jsonb_each_text(declaration -> 'connection' || jsonb_build_object('password', :'password'::text)) AS pair (key, value)
    WHERE value IS NOT NULL
  ) AS connection,
  (declaration ->> 'copyData')::boolean AS copy_data,
  (declaration ->> 'enabled')::boolean AS enabled
FROM jsonb_array_elements(:'cluster'::jsonb -> 'subscriptions') AS declaration
WHERE declaration ->> 'database' = current_database() AND declaration ->> 'name' = :'name';
CREATE TEMPORARY TABLE present AS
SELECT subname AS name, subconninfo AS connection, ARRAY(SELECT part FROM unnest(subpublications) AS part ORDER BY 1) AS names, subenabled AS enabled
FROM pg_subscription
JOIN pg_database ON pg_database.oid = subdbid
WHERE subname = :'name' AND datname = current_database();

SELECT format('DROP SUBSCRIPTION %I', name) FROM present WHERE NOT EXISTS (SELECT FROM wanted) \gexec
SELECT format(
  'CREATE SUBSCRIPTION %I CONNECTION %L PUBLICATION %s WITH (copy_data = %s, enabled = %s)', name, connection, publications, copy_data::text, enabled::text
)
FROM wanted
WHERE NOT EXISTS (SELECT FROM present) \gexec
SELECT format('ALTER SUBSCRIPTION %I CONNECTION %L', name, wanted.connection)
FROM wanted
JOIN present USING (name)
WHERE wanted.connection <> present.connection \gexec
SELECT format('ALTER SUBSCRIPTION %I %s', name, CASE WHEN wanted.enabled THEN 'ENABLE' ELSE 'DISABLE' END)
FROM wanted
JOIN present USING (name)
WHERE wanted.enabled <> present.enabled \gexec
-- What is switched off looks for new tables when it is switched on again.
SELECT format('ALTER SUBSCRIPTION %I SET PUBLICATION %s WITH (refresh = false)', name, publications)
FROM wanted
JOIN present USING (name)
WHERE wanted.names <> present.names \gexec
SELECT format('ALTER SUBSCRIPTION %I REFRESH PUBLICATION WITH (copy_data = %s)', name, copy_data::text)
FROM wanted
JOIN present USING (name)
WHERE wanted.enabled AND (wanted.names <> present.names OR NOT present.enabled) \gexec
