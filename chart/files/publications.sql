-- Publications of the connected database as cluster.json declares them. One that an earlier declaration made and this one does not
-- is dropped; what somebody else made stays.
\set cluster `cat "$PGCHART_CLUSTER"`
\set owned `cat "$PGCHART_OWNED"`
SELECT set_config('pgchart.cluster', :'cluster', false), set_config('pgchart.owned', :'owned', false) \g /dev/null

DO $do$
DECLARE
  item record;
  present record;
  objects text;
BEGIN
  FOR item IN
    SELECT declaration ->> 'name' AS name
    FROM jsonb_array_elements(current_setting('pgchart.owned')::jsonb) AS earlier,
      jsonb_array_elements(coalesce(earlier -> 'publications', '[]')) AS declaration
    JOIN pg_publication ON pubname = declaration ->> 'name'
    WHERE declaration ->> 'database' = current_database()
    EXCEPT
    SELECT declaration ->> 'name'
    FROM jsonb_array_elements(current_setting('pgchart.cluster')::jsonb -> 'publications') AS declaration
    WHERE declaration ->> 'database' = current_database()
  LOOP
    EXECUTE format('DROP PUBLICATION %I', item.name);
  END LOOP;

  FOR item IN
    SELECT
      declaration ->> 'name' AS name,
      (declaration ->> 'allTables')::boolean AS all_tables,
      ARRAY(SELECT format('%I.%I', part ->> 'schema', part ->> 'name') FROM jsonb_array_elements(declaration -> 'tables') AS part ORDER BY 1) AS tables,
      ARRAY(SELECT quote_ident(part) FROM jsonb_array_elements_text(declaration -> 'schemas') AS part ORDER BY 1) AS schemas,
      ARRAY(SELECT jsonb_array_elements_text(declaration -> 'publish')) AS changes,
      (declaration ->> 'viaRoot')::boolean AS via_root
    FROM jsonb_array_elements(current_setting('pgchart.cluster')::jsonb -> 'publications') AS declaration
    WHERE declaration ->> 'database' = current_database()
    ORDER BY 1
  LOOP
    SELECT
      puballtables AS all_tables,
      ARRAY(
        SELECT format('%I.%I', nspname, relname)
        FROM pg_publication_rel
        JOIN pg_class ON pg_class.oid = prrelid
        JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE prpubid = pg_publication.oid
        ORDER BY 1
      ) AS tables,
      ARRAY(
        SELECT quote_ident(nspname)
        FROM pg_publication_namespace
        JOIN pg_namespace ON pg_namespace.oid = pnnspid
        WHERE pnpubid = pg_publication.oid
        ORDER BY 1
      ) AS schemas,
      array_remove(ARRAY[
        CASE WHEN pubinsert THEN 'insert' END, CASE WHEN pubupdate THEN 'update' END,
        CASE WHEN pubdelete THEN 'delete' END, CASE WHEN pubtruncate THEN 'truncate' END
      ], NULL) AS changes,
      pubviaroot AS via_root
    INTO present
    FROM pg_publication
    WHERE pubname = item.name;
    objects := concat_ws(
      ', ', 'TABLE ' || nullif(array_to_string(item.tables, ', '), ''), 'TABLES IN SCHEMA ' || nullif(array_to_string(item.schemas, ', '), '')
    );
    -- All tables is what a publication is made with, or never.
    IF FOUND AND present.all_tables <> item.all_tables THEN
      EXECUTE format('DROP PUBLICATION %I', item.name);
      present := NULL;
    END IF;
    IF present.all_tables IS NULL THEN
      EXECUTE format('CREATE PUBLICATION %I %s', item.name, CASE WHEN item.all_tables THEN 'FOR ALL TABLES' ELSE 'FOR ' || objects END)
        || format(' WITH (publish = %L, publish_via_partition_root = %s)', array_to_string(item.changes, ', '), item.via_root::text);
    ELSE
      IF NOT item.all_tables AND (present.tables, present.schemas) IS DISTINCT FROM (item.tables, item.schemas) THEN
        EXECUTE format('ALTER PUBLICATION %I SET %s', item.name, objects);
      END IF;
      IF (present.changes, present.via_root) IS DISTINCT FROM (item.changes, item.via_root) THEN
        EXECUTE format(
          'ALTER PUBLICATION %I SET (publish = %L, publish_via_partition_root = %s)', item.name, array_to_string(item.changes, ', '), item.via_root::text
        );
      END IF;
    END IF;
  END LOOP;
END
$do$;
