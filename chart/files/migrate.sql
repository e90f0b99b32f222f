-- Applies one file of a module, unless the database has it already. Versions run once and never change; version 0 runs whenever it
-- or a setting has changed.
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('pgchart.migration')) \g /dev/null
SET LOCAL search_path = pg_catalog;
SELECT
  :'checksum' || CASE WHEN :version = 0 THEN coalesce((SELECT ' ' || md5(string_agg(name || '=' || value, ',' ORDER BY name)) FROM pgchart.setting), '') ELSE '' END
    AS wanted,
  current_database() AS database,
  (SELECT quote_ident(pg_get_userbyid(datdba)) FROM pg_database WHERE datname = current_database()) AS owner,
  -- Of what no department owns; whoever logs in as the owner of the database could change it.
  (SELECT CASE WHEN rolcanlogin THEN 'audit_owner' ELSE quote_ident(rolname) END FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE datname = current_database()) AS keeper,
  quote_ident(current_database() || '_reader') AS reader,
  quote_ident(current_database() || '_writer') AS writer
\gset

SELECT format('DO $$BEGIN RAISE %L USING HINT = %L; END$$',
  format('version %s of module %s was applied to database %s on %s and has changed since', version, module, current_database(), applied_at::date),
  'a version that was applied stays as it is; changes go into a new one')
FROM pgchart.migration
WHERE module = :'module' AND version = :version AND version > 0 AND checksum <> :'wanted' \gexec

SELECT NOT EXISTS (
  SELECT FROM pgchart.migration WHERE module = :'module' AND version = :version AND checksum = :'wanted'
) AS pending
\gset
\if :pending
\i :file
RESET ROLE;
INSERT INTO pgchart.migration (module, version, checksum) VALUES (:'module', :version, :'wanted')
ON CONFLICT (module, version) DO UPDATE SET checksum = excluded.checksum, applied_at = now();
\endif
COMMIT;
