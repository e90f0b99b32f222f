-- Every table of the factory's databases that is no time series has its changes written down.
SET LOCAL ROLE :owner;
SELECT count(audit.attach(pg_class.oid::regclass))
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname IN ('factory', 'production', 'quality', 'qms', 'maintenance', 'energy', 'scada')
  AND relkind = 'r' AND NOT relispartition AND relname NOT LIKE 'reading\_%' AND relname NOT IN ('rolled_up', 'consumption_hour')
  AND EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary)
\g /dev/null
