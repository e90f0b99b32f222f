SELECT plan(7);
INSERT INTO maintenance.asset (name, in_service_since) VALUES ('m', now() - interval '100 hours');
INSERT INTO maintenance.failure (asset_id, down, mode)
SELECT asset_id, tstzrange(now() - start, now() - start + long), 'stuck'
FROM maintenance.asset, (VALUES (interval '80 hours', interval '3 hours'), (interval '40 hours', interval '1 hour')) AS f (start, long) WHERE name = 'm';
SELECT results_eq(
  $$SELECT failures, mtbf, mttr, round(availability, 6) FROM maintenance.reliability WHERE name = 'm'$$,
  $$VALUES (2::bigint, interval '48 hours', interval '2 hours', 0.96)$$, 'MTBF, MTTR and availability'
);
SELECT throws_ok(
  $$INSERT INTO maintenance.failure (asset_id, down, mode) SELECT asset_id, tstzrange(now() - interval '79 hours', NULL), 'again' FROM maintenance.asset WHERE name = 'm'$$,
  '23P01', NULL, 'what is down does not fail'
);
INSERT INTO maintenance.pm_schedule (asset_id, name, every, every_count, meter) SELECT asset_id, 's', interval '10 days', 50, 'hours' FROM maintenance.asset WHERE name = 'm';
SELECT results_eq($$SELECT overdue FROM maintenance.due WHERE name = 's'$$, 'VALUES (false)', 'not due by time');
INSERT INTO maintenance.meter_reading SELECT asset_id, 'hours', now(), 51 FROM maintenance.asset WHERE name = 'm';
SELECT results_eq($$SELECT overdue FROM maintenance.due WHERE name = 's'$$, 'VALUES (true)', 'due by its counter');
INSERT INTO maintenance.spare_part (number, name, stock) VALUES ('p', 'p', 1);
INSERT INTO maintenance.work_order (number, asset_id, kind) SELECT 'w', asset_id, 'corrective' FROM maintenance.asset WHERE name = 'm';
SET ROLE maintenance_logs_writer;
INSERT INTO maintenance.part_usage (work_order_id, part_id, quantity)
SELECT work_order_id, part_id, 1 FROM maintenance.work_order, maintenance.spare_part WHERE work_order.number = 'w' AND spare_part.number = 'p';
SELECT results_eq($$SELECT number FROM maintenance.reorder WHERE number = 'p'$$, $$VALUES ('p')$$, 'the stock follows what is used');
SELECT throws_ok(
  $$INSERT INTO maintenance.part_usage (work_order_id, part_id, quantity) SELECT work_order_id, part_id, 1 FROM maintenance.part_usage LIMIT 1$$,
  '23514', NULL, 'and does not fall below zero'
);
SELECT throws_ok('DELETE FROM maintenance.failure', '42501', NULL, 'failures are not deleted');
RESET ROLE;
SELECT * FROM finish();
