-- A digest of every row of every catalog of this database, with the transaction that wrote it: equal digests mean that
-- nothing was written, not even the same thing again. Statistics are left out, they change by themselves.
SELECT
  current_database(),
  relname,
  (xpath('//row/text()', query_to_xml(format(
    'SELECT count(*) || '' '' || md5(coalesce(string_agg(xmin::text || ctid::text, '','' ORDER BY ctid), '''')) AS row FROM %s', pg_class.oid::regclass
  ), true, true, '')))[1]::text
FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace AND relname NOT LIKE 'pg\_statistic%'
ORDER BY relname;
