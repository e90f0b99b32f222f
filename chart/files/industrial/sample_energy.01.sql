-- Sample data: a main meter, two below it, and a day of counters, a quarter of an hour apart.
SET LOCAL ROLE :owner;
SELECT upkeep.ensure() \g /dev/null
INSERT INTO energy.meter (name, medium, unit, rollover, site) VALUES ('Main', 'electricity', 'kWh', 1000000, 'Plant 1');
INSERT INTO energy.meter (name, medium, unit, rollover, parent_id, site, area)
SELECT part, 'electricity', 'kWh', 1000000, meter_id, 'Plant 1', part FROM energy.meter, unnest(ARRAY['Machining', 'Assembly']) AS part;
INSERT INTO energy.tariff (medium, site, valid, price)
VALUES ('electricity', 'Plant 1', tstzrange(date_trunc('year', now()) - interval '1 year', NULL), 0.21);
-- The main meter begins again at zero on the way.
INSERT INTO energy.reading (time, counter, power, meter_id, power_factor)
SELECT date_trunc('hour', now()) - (96 - n) * interval '15 minutes',
  CASE WHEN parent_id IS NULL THEN (999000 + n * 25) % 1000000 ELSE 5000 + n * 10 END,
  CASE WHEN parent_id IS NULL THEN 100 ELSE 40 END, meter_id, 0.93
FROM energy.meter, generate_series(0, 96) AS n;
INSERT INTO energy.baseline (meter_id, period, base_load, per_driver, driver, approved_by)
SELECT meter_id, daterange(current_date - 365, current_date + 365), 1200, 0.8, 'pieces', 'energy manager' FROM energy.meter WHERE parent_id IS NULL;
INSERT INTO energy.driver (day, meter_id, amount)
SELECT current_date - n, meter_id, 1400 FROM energy.meter, generate_series(0, 1) AS n WHERE parent_id IS NULL;
SELECT energy.roll_up() \g /dev/null
