-- Drops schemas that tests left behind when they were killed; those of the last day may still be in use.
SET client_min_messages = warning;

SELECT format('DROP SCHEMA %I CASCADE', nspname)
FROM pg_namespace
WHERE nspname ~ '^pgchart_test_\d{1,12}_\d+$' AND pg_get_userbyid(nspowner) = current_user
  AND split_part(nspname, '_', 3)::bigint < extract(epoch FROM now()) - 86400
ORDER BY nspname \gexec
