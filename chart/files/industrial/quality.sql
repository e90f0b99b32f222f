-- Capability and control charts, and who may do what.
SET LOCAL ROLE :owner;

CREATE OR REPLACE FUNCTION quality.capability(from_time timestamptz, to_time timestamptz)
RETURNS TABLE (
  characteristic_id integer, product text, name text, measurements bigint, mean double precision, sigma_within double precision,
  sigma_overall double precision, out_of_limits bigint, cp double precision, cpk double precision, pp double precision, ppk double precision
)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH samples AS (
    SELECT measurement.characteristic_id, measurement.sample_id, var_samp(value) AS variance, count(*) - 1 AS freedom
    FROM quality.measurement WHERE time >= from_time AND time < to_time
    GROUP BY 1, 2
  ), within AS (
    -- Pooled over the samples, each by its degrees of freedom; samples of one value say nothing of the spread within.
    SELECT samples.characteristic_id, sqrt(sum(variance * freedom) / nullif(sum(freedom), 0)) AS sigma
    FROM samples WHERE freedom > 0 GROUP BY 1
  ), whole AS (
    SELECT measurement.characteristic_id, count(*) AS n, avg(value) AS mean, stddev_samp(value) AS sigma,
      count(*) FILTER (WHERE value < lower_limit OR value > upper_limit) AS out
    FROM quality.measurement JOIN quality.characteristic USING (characteristic_id)
    WHERE time >= from_time AND time < to_time
    GROUP BY 1
  )
  SELECT
    characteristic.characteristic_id, characteristic.product, characteristic.name, whole.n, whole.mean, within.sigma, whole.sigma, whole.out,
    (upper_limit - lower_limit) / nullif(6 * within.sigma, 0),
    least((upper_limit - whole.mean) / nullif(3 * within.sigma, 0), (whole.mean - lower_limit) / nullif(3 * within.sigma, 0)),
    (upper_limit - lower_limit) / nullif(6 * whole.sigma, 0),
    least((upper_limit - whole.mean) / nullif(3 * whole.sigma, 0), (whole.mean - lower_limit) / nullif(3 * whole.sigma, 0))
  FROM whole
  JOIN quality.characteristic USING (characteristic_id)
  LEFT JOIN within USING (characteristic_id)
$$;
COMMENT ON FUNCTION quality.capability(timestamptz, timestamptz)
  IS 'Cp and Cpk by the spread within samples, Pp and Ppk by the whole spread (ISO 22514-2)';

CREATE OR REPLACE VIEW quality.capability_30_days AS SELECT * FROM quality.capability(now() - interval '30 days', now());
COMMENT ON VIEW quality.capability_30_days IS 'Cp, Cpk, Pp and Ppk of the last 30 days';

CREATE OR REPLACE VIEW quality.out_of_limits AS
SELECT measurement.*, characteristic.product, characteristic.name, characteristic.lower_limit, characteristic.upper_limit, characteristic.critical
FROM quality.measurement JOIN quality.characteristic USING (characteristic_id)
WHERE value < lower_limit OR value > upper_limit;
COMMENT ON VIEW quality.out_of_limits IS 'Values that are not within their limits';

-- The four rules of Western Electric on the means of samples. The limits come from the 30 days before the last one, so that a
-- shift does not move them at once.
CREATE OR REPLACE FUNCTION quality.rule_hits(since timestamptz)
RETURNS TABLE (characteristic_id integer, sample_id bigint, rule integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH means AS (
    SELECT measurement.characteristic_id, measurement.sample_id, min(time) AS time, avg(value) AS mean
    FROM quality.measurement WHERE time >= since - interval '31 days'
    GROUP BY 1, 2
  ), limits AS (
    SELECT means.characteristic_id, avg(mean) AS center, stddev_samp(mean) AS sigma
    FROM means WHERE time < since
    GROUP BY 1 HAVING count(*) >= 20 AND stddev_samp(mean) > 0
  ), scored AS (
    SELECT means.*, (mean - center) / sigma AS z FROM means JOIN limits USING (characteristic_id)
  ), seen AS (
    SELECT
      scored.*,
      count(*) FILTER (WHERE z > 2) OVER three AS above_2, count(*) FILTER (WHERE z < -2) OVER three AS below_2,
      count(*) FILTER (WHERE z > 1) OVER five AS above_1, count(*) FILTER (WHERE z < -1) OVER five AS below_1,
      count(*) FILTER (WHERE z > 0) OVER eight AS above, count(*) FILTER (WHERE z < 0) OVER eight AS below
    FROM scored
    WINDOW
      three AS (PARTITION BY characteristic_id ORDER BY time, sample_id ROWS 2 PRECEDING),
      five AS (PARTITION BY characteristic_id ORDER BY time, sample_id ROWS 4 PRECEDING),
      eight AS (PARTITION BY characteristic_id ORDER BY time, sample_id ROWS 7 PRECEDING)
  )
  SELECT seen.characteristic_id, seen.sample_id, hit.rule
  FROM seen, LATERAL (VALUES
    (1, abs(z) > 3),
    (2, z > 2 AND above_2 >= 2 OR z < -2 AND below_2 >= 2),
    (3, z > 1 AND above_1 >= 4 OR z < -1 AND below_1 >= 4),
    (4, above = 8 OR below = 8)
  ) AS hit (rule, broken)
  WHERE hit.broken AND seen.time >= since
$$;
COMMENT ON FUNCTION quality.rule_hits(timestamptz) IS 'Samples since a time that broke a rule of Western Electric';

CREATE OR REPLACE FUNCTION quality.find_rule_hits() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  rows bigint;
BEGIN
  INSERT INTO quality.spc_rule_hit (characteristic_id, sample_id, rule)
  SELECT characteristic_id, sample_id, rule FROM quality.rule_hits(now() - interval '1 day')
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS rows = ROW_COUNT;
  RETURN rows;
END
$$;
COMMENT ON FUNCTION quality.find_rule_hits() IS 'Writes down the rules that samples of the last day broke';

REVOKE ALL ON FUNCTION quality.find_rule_hits() FROM PUBLIC;
GRANT USAGE ON SCHEMA quality TO :reader, :writer;
GRANT SELECT ON ALL TABLES IN SCHEMA quality TO :reader, :writer;
-- What was measured stays as it was.
GRANT INSERT ON quality.characteristic, quality.control_plan, quality.sample, quality.measurement TO :writer;
GRANT UPDATE ON quality.characteristic, quality.control_plan TO :writer;
GRANT UPDATE (assessed_by, assessment) ON quality.spc_rule_hit TO :writer;
