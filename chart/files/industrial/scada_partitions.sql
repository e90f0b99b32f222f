-- Rollups of closed windows. Each run goes back over the last hours once more, for readings that came late.
SET LOCAL ROLE :owner;

CREATE OR REPLACE FUNCTION scada.roll_up_minutes(from_time timestamptz, to_time timestamptz)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  rows bigint;
BEGIN
  INSERT INTO scada.reading_minute AS known (bucket, minimum, maximum, total, first, last, readings, good, tag_id)
  SELECT
    date_trunc('minute', time),
    min(value) FILTER (WHERE quality >= 192),
    max(value) FILTER (WHERE quality >= 192),
    coalesce(sum(value) FILTER (WHERE quality >= 192), 0),
    (array_agg(value ORDER BY time) FILTER (WHERE quality >= 192))[1],
    (array_agg(value ORDER BY time DESC) FILTER (WHERE quality >= 192))[1],
    count(*),
    count(value) FILTER (WHERE quality >= 192),
    tag_id
  FROM scada.reading
  WHERE time >= from_time AND time < to_time
  GROUP BY tag_id, date_trunc('minute', time)
  ON CONFLICT (tag_id, bucket) DO UPDATE SET
    minimum = excluded.minimum, maximum = excluded.maximum, total = excluded.total, first = excluded.first, last = excluded.last,
    readings = excluded.readings, good = excluded.good
  WHERE (known.minimum, known.maximum, known.total, known.first, known.last, known.readings, known.good)
    IS DISTINCT FROM (excluded.minimum, excluded.maximum, excluded.total, excluded.first, excluded.last, excluded.readings, excluded.good);
  GET DIAGNOSTICS rows = ROW_COUNT;
  RETURN rows;
END
$$;

-- From a finer level to a coarser one: whole buckets only.
CREATE OR REPLACE FUNCTION scada.roll_up_level(unit text, source regclass, target regclass, from_time timestamptz, to_time timestamptz)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  rows bigint;
BEGIN
  EXECUTE format(
    $q$
    INSERT INTO %s AS known (bucket, minimum, maximum, total, first, last, readings, good, tag_id)
    SELECT
      date_trunc(%L, bucket), min(minimum), max(maximum), sum(total),
      (array_agg(first ORDER BY bucket) FILTER (WHERE good > 0))[1], (array_agg(last ORDER BY bucket DESC) FILTER (WHERE good > 0))[1],
      sum(readings)::bigint, sum(good)::bigint, tag_id
    FROM %s
    WHERE bucket >= date_trunc(%2$L, $1) AND bucket < date_trunc(%2$L, $2 - interval '1 microsecond') + %4$L::interval
    GROUP BY tag_id, date_trunc(%2$L, bucket)
    ON CONFLICT (tag_id, bucket) DO UPDATE SET
      minimum = excluded.minimum, maximum = excluded.maximum, total = excluded.total, first = excluded.first, last = excluded.last,
      readings = excluded.readings, good = excluded.good
    WHERE (known.minimum, known.maximum, known.total, known.first, known.last, known.readings, known.good)
      IS DISTINCT FROM (excluded.minimum, excluded.maximum, excluded.total, excluded.first, excluded.last, excluded.readings, excluded.good)
    $q$, target, unit, source, '1 ' || unit
  ) USING from_time, to_time;
  GET DIAGNOSTICS rows = ROW_COUNT;
  RETURN rows;
END
$$;

CREATE OR REPLACE FUNCTION scada.roll_up(from_time timestamptz, to_time timestamptz)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  at timestamptz := date_trunc('minute', from_time);
  until timestamptz;
  rows bigint := 0;
BEGIN
  PERFORM upkeep.prepare('scada', 'reading_minute', from_time, to_time);
  -- A day at a time, so that a long backlog needs little memory.
  WHILE at < to_time LOOP
    until := least(date_trunc('day', at) + interval '1 day', to_time);
    rows := rows + scada.roll_up_minutes(at, until);
    rows := rows + scada.roll_up_level('hour', 'scada.reading_minute', 'scada.reading_hour', at, until);
    rows := rows + scada.roll_up_level('day', 'scada.reading_hour', 'scada.reading_day', at, until);
    at := until;
  END LOOP;
  RETURN rows;
END
$$;
COMMENT ON FUNCTION scada.roll_up(timestamptz, timestamptz) IS 'Rolls up the readings between two times, such as those that came long after';

CREATE OR REPLACE FUNCTION scada.roll_up()
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  lateness constant interval := interval '2 hours';
  upto constant timestamptz := date_trunc('minute', now());
  since timestamptz;
  rows bigint := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('scada.roll_up'));
  SELECT rolled_up.until - lateness INTO since FROM scada.rolled_up WHERE level = 'minute';
  IF since IS NULL THEN
    SELECT min(time) INTO since FROM scada.reading;
  END IF;
  IF since IS NULL THEN
    RETURN 0;
  END IF;
  rows := scada.roll_up(since, upto);
  INSERT INTO scada.rolled_up AS known VALUES ('minute', upto)
  ON CONFLICT (level) DO UPDATE SET until = excluded.until;
  RETURN rows;
END
$$;
COMMENT ON FUNCTION scada.roll_up() IS 'Rolls up what has come since the last time, up to the last full minute';

REVOKE ALL ON FUNCTION
  scada.roll_up_minutes(timestamptz, timestamptz), scada.roll_up_level(text, regclass, regclass, timestamptz, timestamptz),
  scada.roll_up(timestamptz, timestamptz), scada.roll_up()
FROM PUBLIC;
