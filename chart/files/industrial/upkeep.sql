-- Partitions are made ahead of time and dropped as a whole. There is no default partition: attaching beside one would scan it.
SET LOCAL ROLE :owner;

CREATE OR REPLACE FUNCTION upkeep.partitions(parent regclass)
RETURNS TABLE (partition regclass, lower timestamptz, upper timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
  SELECT child.oid::regclass, bound[1]::timestamptz, bound[2]::timestamptz
  FROM pg_inherits
  JOIN pg_class AS child ON child.oid = inhrelid,
    regexp_match(pg_get_expr(child.relpartbound, child.oid), $e$^FOR VALUES FROM \('([^']+)'\) TO \('([^']+)'\)$e$) AS bound
  WHERE inhparent = parent
  ORDER BY 2
$$;
COMMENT ON FUNCTION upkeep.partitions(regclass) IS 'The partitions of a table, by time';

-- Triggers for TRUNCATE are not inherited, and those for rows without whether they always fire.
CREATE OR REPLACE FUNCTION upkeep.guard(parent regclass, child regclass)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  guard record;
BEGIN
  FOR guard IN
    SELECT tgname, tgfoid::regproc AS function, tgtype & 32 > 0 AS truncate, tgenabled = 'A' AS always
    FROM pg_trigger WHERE tgrelid = parent AND NOT tgisinternal
  LOOP
    IF guard.truncate AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = child AND tgname = guard.tgname) THEN
      EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION %s()', guard.tgname, child, guard.function);
    END IF;
    IF guard.always AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = child AND tgname = guard.tgname AND tgenabled = 'A') THEN
      EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', child, guard.tgname);
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION upkeep.guard(regclass, regclass) IS 'Gives a partition the guards of its parent';

CREATE OR REPLACE FUNCTION upkeep.ensure_partitions(parent regclass, step interval, from_time timestamptz, to_time timestamptz)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '10s'
AS $$
DECLARE
  monthly constant boolean := step = interval '1 month' AND extract(month FROM step) = 1;
  origin constant timestamptz := '2000-01-03 00:00:00Z';
  at timestamptz := CASE WHEN monthly THEN date_trunc('month', from_time) ELSE date_bin(step, from_time, origin) END;
  until timestamptz;
  taken timestamptz;
  made integer := 0;
  home name;
  base name;
  child name;
BEGIN
  SELECT nspname, relname INTO STRICT home, base
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE pg_class.oid = parent AND relkind = 'p';
  -- One at a time: two that make the same partition would both fail.
  PERFORM pg_advisory_xact_lock(hashtext('upkeep'), parent::oid::integer);
  WHILE at < to_time LOOP
    SELECT upper INTO taken FROM upkeep.partitions(parent) WHERE lower <= at AND upper > at;
    IF FOUND THEN
      at := taken;
      CONTINUE;
    END IF;
    until := CASE WHEN monthly THEN date_trunc('month', at) ELSE date_bin(step, at, origin) END + step;
    -- A step that was changed meets partitions of the one before.
    SELECT least(until, min(lower)) INTO until FROM upkeep.partitions(parent) WHERE lower > at;
    child := left(base, 63 - 14) || to_char(at, CASE WHEN step < interval '1 day' THEN '_YYYYMMDDHH24MI' WHEN monthly THEN '_YYYYMM' ELSE '_YYYYMMDD' END);
    -- Attaching lets readers and writers of the parent go on; CREATE … PARTITION OF does not.
    EXECUTE format('CREATE TABLE %I.%I (LIKE %s INCLUDING ALL)', home, child, parent);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I.%I FOR VALUES FROM (%L) TO (%L)', parent, home, child, at, until);
    PERFORM upkeep.guard(parent, format('%I.%I', home, child)::regclass);
    made := made + 1;
    at := until;
  END LOOP;
  RETURN made;
END
$$;
COMMENT ON FUNCTION upkeep.ensure_partitions(regclass, interval, timestamptz, timestamptz)
  IS 'Makes the partitions that are missing between two times; returns how many';

-- What is under a legal hold stays, however old it is.
CREATE OR REPLACE FUNCTION upkeep.is_held(rel text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  held boolean := false;
BEGIN
  IF to_regprocedure('records.is_held(text)') IS NOT NULL THEN
    EXECUTE 'SELECT records.is_held($1)' INTO held USING rel;
  END IF;
  RETURN held;
END
$$;
COMMENT ON FUNCTION upkeep.is_held(text) IS 'Whether a table is under a legal hold';

CREATE OR REPLACE FUNCTION upkeep.has_rule() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT EXISTS (SELECT FROM pgchart.setting WHERE name = 'compliance.retentionYears') $$;
COMMENT ON FUNCTION upkeep.has_rule() IS 'Whether there is a rule of how long records are kept';

CREATE OR REPLACE FUNCTION upkeep.drop_before(parent regclass, cutoff timestamptz)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '10s'
AS $$
DECLARE
  child regclass;
  dropped integer := 0;
BEGIN
  IF upkeep.is_held((SELECT format('%s.%s', nspname, relname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = parent)) THEN
    RETURN 0;
  END IF;
  FOR child IN SELECT partition FROM upkeep.partitions(parent) WHERE upper <= cutoff LOOP
    EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', parent, child);
    EXECUTE format('DROP TABLE %s', child);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END
$$;
COMMENT ON FUNCTION upkeep.drop_before(regclass, timestamptz) IS 'Drops the partitions that end before a time; returns how many';

CREATE OR REPLACE FUNCTION upkeep.days(setting text) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT nullif(value, '')::integer FROM pgchart.setting WHERE name = $1 $$;
COMMENT ON FUNCTION upkeep.days(text) IS 'A setting that is a number of days';

CREATE OR REPLACE FUNCTION upkeep.ensure()
RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(sum(upkeep.ensure_partitions(
    format('%I.%I', schema_name, table_name)::regclass, step,
    -- What would be dropped at once is not made.
    greatest(now() - behind * step, now() - make_interval(days => upkeep.days(retention))), now() + ahead * step
  )), 0)::integer
  FROM upkeep.series
$$;
COMMENT ON FUNCTION upkeep.ensure() IS 'Makes the partitions that will be needed';

CREATE OR REPLACE FUNCTION upkeep.prepare(schema_name text, table_name text, from_time timestamptz, to_time timestamptz)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  series upkeep.series;
BEGIN
  SELECT * INTO series FROM upkeep.series AS known
  WHERE known.schema_name = prepare.schema_name AND known.table_name = prepare.table_name;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  IF from_time < now() - interval '50 years' OR to_time > now() + interval '1 year' THEN
    RAISE '% to % is no time that readings come from', from_time, to_time USING ERRCODE = 'datetime_field_overflow';
  END IF;
  IF (to_time - from_time) / 4000 > series.step THEN
    RAISE 'too many partitions at a time: % to % in steps of %', from_time, to_time, series.step USING HINT = 'ask for a shorter time';
  END IF;
  RETURN upkeep.ensure_partitions(format('%I.%I', schema_name, table_name)::regclass, series.step, from_time, to_time);
END
$$;
COMMENT ON FUNCTION upkeep.prepare(text, text, timestamptz, timestamptz) IS 'For rows older than usual: makes their partitions, where there are any';

CREATE OR REPLACE FUNCTION upkeep.run()
RETURNS TABLE (what text, count bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  entry record;
  days integer;
BEGIN
  what := 'partitions made';
  count := upkeep.ensure();
  RETURN NEXT;
  FOR entry IN SELECT function FROM upkeep.task ORDER BY position LOOP
    what := entry.function;
    EXECUTE format('SELECT %s()', entry.function) INTO count;
    RETURN NEXT;
  END LOOP;
  FOR entry IN SELECT * FROM upkeep.series WHERE retention IS NOT NULL ORDER BY schema_name, table_name LOOP
    days := upkeep.days(entry.retention);
    CONTINUE WHEN days IS NULL;
    what := format('partitions of %s.%s dropped', entry.schema_name, entry.table_name);
    count := upkeep.drop_before(format('%I.%I', entry.schema_name, entry.table_name)::regclass, now() - make_interval(days => days));
    RETURN NEXT;
  END LOOP;
END
$$;
COMMENT ON FUNCTION upkeep.run() IS 'Partitions, rollups, retention; returns what was done';

CREATE OR REPLACE VIEW upkeep.status AS
SELECT
  series.schema_name, series.table_name, count(lower) AS partitions, min(lower) AS oldest, max(upper) AS newest,
  floor(extract(epoch FROM max(upper) - now()) / extract(epoch FROM series.step)) AS steps_ahead
FROM upkeep.series
LEFT JOIN LATERAL upkeep.partitions(format('%I.%I', series.schema_name, series.table_name)::regclass) ON true
GROUP BY series.schema_name, series.table_name, series.step;
COMMENT ON VIEW upkeep.status IS 'How far partitions go; fewer than two steps ahead mean that nobody calls upkeep.run()';

REVOKE ALL ON FUNCTION
  upkeep.guard(regclass, regclass),
  upkeep.ensure_partitions(regclass, interval, timestamptz, timestamptz), upkeep.drop_before(regclass, timestamptz), upkeep.ensure(),
  upkeep.prepare(text, text, timestamptz, timestamptz), upkeep.run()
FROM PUBLIC;
GRANT USAGE ON SCHEMA upkeep TO :reader, :writer;
GRANT SELECT ON upkeep.status, upkeep.series TO :reader;
GRANT EXECUTE ON FUNCTION upkeep.prepare(text, text, timestamptz, timestamptz) TO :writer;
