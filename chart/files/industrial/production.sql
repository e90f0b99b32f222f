-- The hierarchy and the OEE, and who may do what.
SET LOCAL ROLE :owner;

CREATE OR REPLACE VIEW factory.hierarchy AS
SELECT
  site.enterprise, site.name AS site, area.name AS area, line.name AS line, assets.name AS asset, assets.kind,
  site.site_id, area.area_id, line.line_id, assets.id AS asset_id
FROM factory.site
LEFT JOIN factory.area USING (site_id)
LEFT JOIN factory.line USING (area_id)
LEFT JOIN factory.assets USING (line_id);
COMMENT ON VIEW factory.hierarchy IS 'Enterprise, site, area, line, asset (ISA-95)';

CREATE OR REPLACE FUNCTION production.seconds(during tstzrange) RETURNS numeric
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN isempty(during) THEN 0 ELSE extract(epoch FROM coalesce(upper(during), now()) - lower(during)) END $$;
COMMENT ON FUNCTION production.seconds(tstzrange) IS 'How long something lasted, or has lasted until now';

-- ISO 22400-2: availability × performance × quality, of the time that was planned. A run that crosses the end of a shift counts in
-- each by its share.
CREATE OR REPLACE VIEW production.oee_shift AS
WITH planned AS (
  SELECT shift.shift_id, shift.site_id, shift.name AS shift, shift.during, hierarchy.asset_id, hierarchy.asset
  FROM production.shift JOIN factory.hierarchy USING (site_id)
  WHERE hierarchy.asset_id IS NOT NULL
), stops AS (
  SELECT planned.shift_id, planned.asset_id,
    coalesce(sum(production.seconds(planned.during * downtime.during)) FILTER (WHERE reason.planned), 0) AS planned_stop,
    coalesce(sum(production.seconds(planned.during * downtime.during)) FILTER (WHERE NOT reason.planned), 0) AS stop
  FROM planned
  LEFT JOIN production.downtime ON downtime.asset_id = planned.asset_id AND downtime.during && planned.during
  LEFT JOIN production.reason ON reason.code = downtime.reason
  GROUP BY 1, 2
), output AS (
  SELECT planned.shift_id, planned.asset_id,
    sum(run.good * share.part) AS good, sum((run.good + run.scrap) * share.part) AS total,
    sum((run.good + run.scrap) * share.part * cycle.seconds) AS ideal
  FROM planned
  JOIN production.operation_run AS run ON run.asset_id = planned.asset_id AND run.during && planned.during
  JOIN production.lot USING (lot_id)
  LEFT JOIN production.cycle ON cycle.product_id = lot.product_id AND cycle.asset_id = planned.asset_id,
  LATERAL (SELECT production.seconds(planned.during * run.during) / nullif(production.seconds(run.during), 0) AS part) AS share
  GROUP BY 1, 2
), measured AS (
  SELECT planned.*, production.seconds(planned.during) - stops.planned_stop AS busy, stops.stop,
    coalesce(output.good, 0) AS good, coalesce(output.total, 0) AS total, output.ideal
  FROM planned JOIN stops USING (shift_id, asset_id) LEFT JOIN output USING (shift_id, asset_id)
)
SELECT
  shift_id, shift, during, asset_id, asset, busy AS planned_seconds, stop AS stopped_seconds, good, total - good AS scrap,
  (busy - stop) / nullif(busy, 0) AS availability,
  ideal / nullif(busy - stop, 0) AS performance,
  good / nullif(total, 0) AS quality,
  (busy - stop) / nullif(busy, 0) * (ideal / nullif(busy - stop, 0)) * (good / nullif(total, 0)) AS oee
FROM measured;
COMMENT ON VIEW production.oee_shift IS 'Overall equipment effectiveness by shift and asset';

CREATE OR REPLACE VIEW production.downtime_pareto AS
SELECT downtime.asset_id, downtime.reason, reason.description, count(*) AS stops, sum(production.seconds(downtime.during)) AS seconds
FROM production.downtime JOIN production.reason ON reason.code = downtime.reason
WHERE downtime.during && tstzrange(now() - interval '30 days', NULL)
GROUP BY 1, 2, 3;
COMMENT ON VIEW production.downtime_pareto IS 'What stopped the assets in the last 30 days';

GRANT USAGE ON SCHEMA factory, production TO :reader, :writer;
GRANT SELECT ON ALL TABLES IN SCHEMA factory, production TO :reader, :writer;
GRANT INSERT, UPDATE ON
  factory.site, factory.area, factory.line, factory.assets, production.product, production.cycle, production.work_order, production.lot,
  production.operation_run, production.reason, production.downtime, production.shift
TO :writer;
GRANT DELETE ON production.cycle, production.shift TO :writer;
