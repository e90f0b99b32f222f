SELECT plan(8);
SELECT is(energy.step(990, 10, 1000), 20::numeric, 'a counter that rolls over');
SELECT is(energy.step(990, 10, NULL), 10::numeric, 'a counter that was exchanged');
SELECT is(energy.step(10, 990, 1000), 980::numeric, 'a counter that goes on');
INSERT INTO energy.meter (name, medium, unit, factor, rollover) VALUES ('m', 'electricity', 'kWh', 2, 1000);
INSERT INTO energy.meter (name, medium, unit, parent_id) SELECT 'below', 'electricity', 'kWh', meter_id FROM energy.meter WHERE name = 'm';
INSERT INTO energy.tariff (medium, valid, price) VALUES ('electricity', tstzrange(now() - interval '1 year', NULL), 0.5);
SELECT throws_ok(
  $$INSERT INTO energy.tariff (medium, valid, price) VALUES ('electricity', tstzrange(now(), NULL), 1)$$, '23P01', NULL, 'one price at a time'
);
-- 30 in the first hour, 40 in the second, in steps of the counter; half of that below.
INSERT INTO energy.reading (time, counter, meter_id)
SELECT date_trunc('hour', now()) - interval '3 hours' + at, CASE name WHEN 'm' THEN counter ELSE (counter - 980 + CASE WHEN counter < 500 THEN 1000 ELSE 0 END) / 2.0 END, meter_id
FROM energy.meter, (VALUES (interval '0', 980), (interval '30 min', 995), (interval '1 hour', 10), (interval '2 hours', 50)) AS r (at, counter)
WHERE name IN ('m', 'below');
SELECT is((SELECT count FROM upkeep.run() WHERE what = 'energy.roll_up'), 4::bigint, 'the upkeep sums up full hours');
SELECT results_eq(
  $$SELECT amount, amount * price FROM energy.consumption_hour JOIN energy.meter USING (meter_id) WHERE name = 'm' ORDER BY bucket$$,
  'VALUES (60::numeric, 30::numeric), (80, 40)', 'what was counted, in units and in money; a reading at the hour ends it'
);
SELECT results_eq($$SELECT amount FROM energy.unmetered ORDER BY bucket$$, 'VALUES (45::numeric), (60)', 'and what no meter below has');
SET ROLE energy_consumption_writer;
SELECT throws_ok('UPDATE energy.reading SET counter = 0', '42501', NULL, 'readings stay as they are');
RESET ROLE;
SELECT * FROM finish();
