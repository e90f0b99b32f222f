-- Holds, and the way that old events go: counted, checked, archived, dropped by the month.
SET LOCAL ROLE audit_owner;
SELECT audit.attach('records.legal_hold') \g /dev/null

CREATE OR REPLACE FUNCTION records.is_held(rel text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT EXISTS (SELECT FROM records.legal_hold WHERE released_at IS NULL AND $1 LIKE scope) $$;
COMMENT ON FUNCTION records.is_held(text) IS 'Whether a table is under a legal hold';

CREATE OR REPLACE FUNCTION records.hold(scope text, reason text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ INSERT INTO records.legal_hold (scope, reason) VALUES ($1, $2) RETURNING hold_id $$;
COMMENT ON FUNCTION records.hold(text, text) IS 'Keeps what a pattern of tables names, until it is released';

CREATE OR REPLACE FUNCTION records.release(hold bigint, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF coalesce(release.reason, '') = '' THEN
    RAISE 'a release needs a reason';
  END IF;
  PERFORM set_config('app.reason', release.reason, true);
  UPDATE records.legal_hold SET released_at = clock_timestamp(), released_by = session_user WHERE hold_id = hold AND released_at IS NULL AND placed_by <> session_user;
  IF NOT FOUND THEN
    RAISE 'there is no hold % that you could release', hold USING HINT = 'whoever placed it does not release it';
  END IF;
END
$$;
COMMENT ON FUNCTION records.release(bigint, text) IS 'Ends a hold; somebody else than who placed it';

CREATE OR REPLACE FUNCTION records.years() RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT value::integer FROM pgchart.setting WHERE name = 'compliance.retentionYears' $$;
COMMENT ON FUNCTION records.years() IS 'How long records are kept at least';

-- What an archive of a month must contain to be taken for one.
CREATE OR REPLACE FUNCTION records.checksum(month date) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  sum text;
BEGIN
  IF to_regclass('audit.' || audit.month(month::timestamp AT TIME ZONE 'UTC')) IS NULL THEN
    RAISE 'there are no events of %', to_char(month, 'YYYY-MM');
  END IF;
  EXECUTE format(
    'SELECT encode(sha256(coalesce(string_agg(hash, NULL ORDER BY chain COLLATE "C", seq), '''')), ''hex'') FROM audit.%I', audit.month(month::timestamp AT TIME ZONE 'UTC')
  ) INTO sum;
  RETURN sum;
END
$$;
COMMENT ON FUNCTION records.checksum(date) IS 'SHA-256 of the hashes of a month''s events, by chain and number: an archive must give the same';

CREATE OR REPLACE FUNCTION records.purge(month date, archive_checksum text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '10s'
AS $$
DECLARE
  name constant text := audit.month(month::timestamp AT TIME ZONE 'UTC');
  upper constant timestamptz := date_trunc('month', month::timestamp) + interval '1 month';
  bad record;
  count bigint;
BEGIN
  IF records.is_held('audit.event') THEN
    RAISE 'events are under a legal hold' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF records.years() IS NULL OR upper > now() - make_interval(years => records.years()) THEN
    RAISE 'events of % are kept until %', to_char(month, 'YYYY-MM'), (upper + make_interval(years => records.years()))::date USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF records.checksum(month) <> archive_checksum THEN
    RAISE 'the archive does not hold these events: % is expected', records.checksum(month);
  END IF;
  IF EXISTS (SELECT FROM audit.event WHERE at < upper - interval '1 month') THEN
    RAISE 'older events are still here; they go first';
  END IF;
  SELECT * INTO bad FROM audit.verify_all() WHERE NOT ok LIMIT 1;
  IF FOUND THEN
    RAISE 'chain % is broken at event %: nothing goes before that is explained', bad.chain, bad.first_bad;
  END IF;
  EXECUTE format(
    'INSERT INTO audit.archived (chain, seq, hash, checksum) SELECT DISTINCT ON (chain) chain, seq, hash, %L FROM audit.%I ORDER BY chain, seq DESC',
    archive_checksum, name
  );
  EXECUTE format('SELECT count(*) FROM audit.%I', name) INTO count;
  EXECUTE format('ALTER TABLE audit.event DETACH PARTITION audit.%I', name);
  EXECUTE format('DROP TABLE audit.%I', name);
  PERFORM audit.append('definitions', 'audit.' || name, 'PURGE', NULL, NULL, jsonb_build_object('events', count, 'checksum', archive_checksum));
  RETURN count;
END
$$;
COMMENT ON FUNCTION records.purge(date, text) IS 'Drops a month of events that is old enough, archived and under no hold';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA records FROM PUBLIC;
GRANT USAGE ON SCHEMA records TO PUBLIC;
GRANT EXECUTE ON FUNCTION records.is_held(text) TO PUBLIC;
GRANT SELECT ON records.legal_hold TO auditor, records_manager;
GRANT EXECUTE ON FUNCTION records.years(), records.checksum(date) TO auditor, records_manager;
GRANT EXECUTE ON FUNCTION records.hold(text, text), records.release(bigint, text), records.purge(date, text) TO records_manager;
