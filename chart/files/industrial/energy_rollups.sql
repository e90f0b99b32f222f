-- Consumption, costs and performance.
SET LOCAL ROLE :owner;

CREATE OR REPLACE FUNCTION energy.step(before numeric, after numeric, rollover numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
    WHEN after >= before THEN after - before
    -- A counter that falls began again at zero; without a known end it was exchanged.
    WHEN rollover IS NOT NULL AND before <= rollover THEN rollover - before + after
    ELSE after
  END
$$;
COMMENT ON FUNCTION energy.step(numeric, numeric, numeric) IS 'What a counter went on between two readings';

CREATE OR REPLACE FUNCTION energy.consumption(from_time timestamptz, to_time timestamptz)
RETURNS TABLE ("time" timestamptz, meter_id integer, amount numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT read.time, read.meter_id, energy.step(read.before, read.counter, meter.rollover) * meter.factor
  FROM (
    SELECT reading.time, reading.meter_id, reading.counter::numeric AS counter,
      lag(reading.counter::numeric) OVER (PARTITION BY reading.meter_id ORDER BY reading.time) AS before
    FROM energy.reading
    -- The reading before the first one is needed, too; a meter that was silent for longer begins anew.
    WHERE reading.time >= from_time - interval '1 day' AND reading.time < to_time
  ) AS read
  JOIN energy.meter ON meter.meter_id = read.meter_id
  WHERE read.before IS NOT NULL AND read.time >= from_time
$$;
COMMENT ON FUNCTION energy.consumption(timestamptz, timestamptz) IS 'Consumption between readings, at the time of the later one';

CREATE OR REPLACE FUNCTION energy.roll_up(from_time timestamptz, to_time timestamptz)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  rows bigint;
BEGIN
  INSERT INTO energy.consumption_hour AS known (bucket, meter_id, amount, price, currency, readings)
  SELECT hour.bucket, hour.meter_id, hour.amount, tariff.price, tariff.currency, hour.readings
  FROM (
    -- A reading at the full hour ends the hour before it.
    SELECT date_trunc('hour', used.time - interval '1 microsecond') AS bucket, used.meter_id, sum(used.amount) AS amount, count(*)::integer AS readings
    FROM energy.consumption(date_trunc('hour', from_time), date_trunc('hour', to_time) + interval '1 microsecond') AS used
    WHERE used.time > date_trunc('hour', from_time)
    GROUP BY 1, 2
  ) AS hour
  JOIN energy.meter ON meter.meter_id = hour.meter_id
  LEFT JOIN LATERAL (
    SELECT tariff.price, tariff.currency FROM energy.tariff
    WHERE tariff.medium = meter.medium AND tariff.site IN (meter.site, '') AND tariff.valid @> hour.bucket
    ORDER BY tariff.site DESC LIMIT 1
  ) AS tariff ON true
  ON CONFLICT (meter_id, bucket) DO UPDATE SET
    amount = excluded.amount, price = excluded.price, currency = excluded.currency, readings = excluded.readings
  WHERE (known.amount, known.price, known.currency, known.readings)
    IS DISTINCT FROM (excluded.amount, excluded.price, excluded.currency, excluded.readings);
  GET DIAGNOSTICS rows = ROW_COUNT;
  RETURN rows;
END
$$;
COMMENT ON FUNCTION energy.roll_up(timestamptz, timestamptz) IS 'Sums up the full hours between two times, such as when a tariff was entered late';

CREATE OR REPLACE FUNCTION energy.roll_up()
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  lateness constant interval := interval '1 day';
  upto constant timestamptz := date_trunc('hour', now());
  since timestamptz;
  rows bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('energy.roll_up'));
  SELECT rolled_up.until - lateness INTO since FROM energy.rolled_up WHERE level = 'hour';
  IF since IS NULL THEN
    SELECT min(time) INTO since FROM energy.reading;
  END IF;
  IF since IS NULL THEN
    RETURN 0;
  END IF;
  rows := energy.roll_up(since, upto);
  INSERT INTO energy.rolled_up AS known VALUES ('hour', upto)
  ON CONFLICT (level) DO UPDATE SET until = excluded.until;
  RETURN rows;
END
$$;
COMMENT ON FUNCTION energy.roll_up() IS 'Sums up what has come since the last time, up to the last full hour';

CREATE OR REPLACE VIEW energy.consumption_day AS
SELECT
  date_trunc('day', bucket, 'UTC') AS bucket, meter_id, sum(amount) AS amount, sum(amount * price) AS cost, min(currency) AS currency,
  count(*) FILTER (WHERE price IS NULL) AS hours_without_price
FROM energy.consumption_hour
GROUP BY 1, 2;
COMMENT ON VIEW energy.consumption_day IS 'Consumption and cost by the day, in UTC';

CREATE OR REPLACE VIEW energy.unmetered AS
SELECT used.bucket, used.meter_id, used.amount - coalesce(sum(part.amount), 0) AS amount
FROM energy.consumption_hour AS used
JOIN energy.meter AS below ON below.parent_id = used.meter_id
LEFT JOIN energy.consumption_hour AS part ON part.meter_id = below.meter_id AND part.bucket = used.bucket
GROUP BY used.bucket, used.meter_id, used.amount;
COMMENT ON VIEW energy.unmetered IS 'What a meter counted and none below it did';

CREATE OR REPLACE VIEW energy.performance AS
SELECT
  (used.bucket AT TIME ZONE 'UTC')::date AS day, used.meter_id, used.amount,
  baseline.base_load + baseline.per_driver * coalesce(driver.amount, 0) AS expected,
  used.amount - baseline.base_load - baseline.per_driver * coalesce(driver.amount, 0) AS deviation
FROM energy.consumption_day AS used
JOIN energy.baseline ON baseline.meter_id = used.meter_id AND baseline.period @> (used.bucket AT TIME ZONE 'UTC')::date
LEFT JOIN energy.driver ON driver.meter_id = used.meter_id AND driver.day = (used.bucket AT TIME ZONE 'UTC')::date;
COMMENT ON VIEW energy.performance IS 'Consumption by the day against its baseline';

REVOKE ALL ON FUNCTION energy.roll_up(timestamptz, timestamptz), energy.roll_up() FROM PUBLIC;
GRANT USAGE ON SCHEMA energy TO :reader, :writer;
GRANT SELECT ON ALL TABLES IN SCHEMA energy TO :reader;
GRANT SELECT ON energy.meter, energy.tariff, energy.baseline, energy.driver, energy.consumption_hour TO :writer;
GRANT INSERT ON energy.meter, energy.tariff, energy.baseline, energy.driver, energy.reading TO :writer;
GRANT UPDATE (unit, factor, rollover, parent_id, site, area, active) ON energy.meter TO :writer;
GRANT UPDATE (valid, price) ON energy.tariff TO :writer;
GRANT UPDATE (period, base_load, per_driver, driver, approved_by) ON energy.baseline TO :writer;
GRANT UPDATE (amount) ON energy.driver TO :writer;
