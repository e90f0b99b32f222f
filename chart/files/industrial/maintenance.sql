-- Reliability and what is due, and who may do what.
SET LOCAL ROLE :owner;

-- Mean time between failures: time in service without repairs, by failures. Mean time to repair: of failures that are over.
CREATE OR REPLACE VIEW maintenance.reliability AS
SELECT
  asset.asset_id, asset.name, count(failure.failure_id) AS failures,
  (now() - asset.in_service_since - coalesce(sum(part.down), interval '0')) / nullif(count(failure.failure_id), 0) AS mtbf,
  avg(part.down) FILTER (WHERE NOT upper_inf(failure.down)) AS mttr,
  1 - extract(epoch FROM coalesce(sum(part.down), interval '0')) / nullif(extract(epoch FROM now() - asset.in_service_since), 0) AS availability
FROM maintenance.asset
LEFT JOIN maintenance.failure ON failure.asset_id = asset.asset_id AND lower(failure.down) >= asset.in_service_since
LEFT JOIN LATERAL (SELECT coalesce(upper(failure.down), now()) - lower(failure.down) AS down) AS part ON true
GROUP BY asset.asset_id;
COMMENT ON VIEW maintenance.reliability IS 'MTBF, MTTR and availability of each asset';

CREATE OR REPLACE VIEW maintenance.due AS
SELECT
  schedule.schedule_id, schedule.asset_id, schedule.name,
  coalesce(last.finished_at, asset.in_service_since) + schedule.every AS due_at,
  meter.value - coalesce(before.value, 0) AS counted, schedule.every_count,
  coalesce(coalesce(last.finished_at, asset.in_service_since) + schedule.every < now(), false)
    OR coalesce(meter.value - coalesce(before.value, 0) >= schedule.every_count, false) AS overdue
FROM maintenance.pm_schedule AS schedule
JOIN maintenance.asset USING (asset_id)
LEFT JOIN LATERAL (
  SELECT max(finished_at) AS finished_at FROM maintenance.work_order
  WHERE work_order.schedule_id = schedule.schedule_id AND status = 'done'
) AS last ON true
LEFT JOIN LATERAL (
  SELECT value FROM maintenance.meter_reading AS reading
  WHERE reading.asset_id = schedule.asset_id AND reading.meter = schedule.meter
  ORDER BY read_at DESC LIMIT 1
) AS meter ON true
LEFT JOIN LATERAL (
  SELECT value FROM maintenance.meter_reading AS reading
  WHERE reading.asset_id = schedule.asset_id AND reading.meter = schedule.meter AND read_at <= last.finished_at
  ORDER BY read_at DESC LIMIT 1
) AS before ON true
WHERE schedule.active;
COMMENT ON VIEW maintenance.due IS 'When preventive maintenance is due, and whether it is late';

CREATE OR REPLACE VIEW maintenance.reorder AS
SELECT part_id, number, name, stock, reorder_at FROM maintenance.spare_part WHERE stock <= reorder_at;
COMMENT ON VIEW maintenance.reorder IS 'Parts to order';

-- The stock follows what is used; it never falls below zero.
CREATE OR REPLACE FUNCTION maintenance.take_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE maintenance.spare_part SET stock = stock - new.quantity WHERE part_id = new.part_id;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION maintenance.take_part() FROM PUBLIC;
CREATE OR REPLACE TRIGGER take_part AFTER INSERT ON maintenance.part_usage
FOR EACH ROW EXECUTE FUNCTION maintenance.take_part();

GRANT USAGE ON SCHEMA maintenance TO :reader, :writer;
GRANT SELECT ON ALL TABLES IN SCHEMA maintenance TO :reader, :writer;
GRANT INSERT, UPDATE ON
  maintenance.asset, maintenance.work_request, maintenance.pm_schedule, maintenance.work_order, maintenance.task, maintenance.spare_part,
  maintenance.failure
TO :writer;
GRANT INSERT ON maintenance.part_usage, maintenance.meter_reading TO :writer;
GRANT DELETE ON maintenance.task TO :writer;
