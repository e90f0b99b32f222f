-- Sample data: machines, their schedules and what failed in the last weeks.
SET LOCAL ROLE :owner;
INSERT INTO maintenance.asset (name, criticality, in_service_since)
SELECT format('%s %s', kind, n), CASE WHEN n = 1 THEN 'A' ELSE 'B' END, now() - interval '1000 days'
FROM unnest(ARRAY['Mill', 'Robot']) AS kind, generate_series(1, 4) AS n;
INSERT INTO maintenance.pm_schedule (asset_id, name, every, every_count, meter)
SELECT asset_id, 'lubrication', interval '30 days', 500, 'hours' FROM maintenance.asset;
INSERT INTO maintenance.meter_reading (asset_id, meter, read_at, value)
SELECT asset_id, 'hours', now() - n * interval '1 day', 20000 + asset_id * 100 - n * 16 FROM maintenance.asset, generate_series(0, 40) AS n;
INSERT INTO maintenance.work_order (number, asset_id, schedule_id, kind, status, started_at, finished_at)
SELECT format('PM-%s', asset_id), asset_id, schedule_id, 'preventive', 'done', now() - interval '26 days', now() - interval '26 days' + interval '1 hour'
FROM maintenance.pm_schedule WHERE asset_id % 3 > 0;
INSERT INTO maintenance.spare_part (number, name, stock, reorder_at) VALUES ('SP-1', 'spindle bearing', 4, 2), ('SP-2', 'filter', 1, 5);
INSERT INTO maintenance.failure (asset_id, down, mode, cause, effect)
SELECT asset_id, tstzrange(now() - n * interval '19 days', now() - n * interval '19 days' + asset_id * interval '20 minutes'),
  'spindle does not turn', 'bearing worn', 'line stands still'
FROM maintenance.asset, generate_series(1, 3) AS n WHERE asset_id % 2 = 0;
