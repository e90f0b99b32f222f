SELECT plan(13);
INSERT INTO factory.site (name) VALUES ('s');
INSERT INTO factory.area (site_id, name) SELECT site_id, 'a' FROM factory.site WHERE name = 's';
INSERT INTO factory.line (area_id, name) SELECT area_id, 'l' FROM factory.area WHERE name = 'a';
INSERT INTO factory.assets (name, line_id) SELECT 'm', line_id FROM factory.line WHERE name = 'l';
SELECT results_eq(
  $$SELECT site, area, line, asset FROM factory.hierarchy WHERE asset = 'm'$$, $$VALUES ('s', 'a', 'l', 'm')$$, 'the hierarchy of ISA-95'
);
INSERT INTO production.product (code, name) VALUES ('p', 'p');
INSERT INTO production.cycle SELECT product_id, id, 60 FROM production.product, factory.assets WHERE code = 'p' AND assets.name = 'm';
INSERT INTO production.lot (number, product_id) SELECT n, product_id FROM production.product, unnest(ARRAY['1', '2']) AS n WHERE code = 'p';
INSERT INTO production.shift (site_id, name, during) SELECT site_id, 'early', '[2026-01-05 06:00+00, 2026-01-05 14:00+00)' FROM factory.site WHERE name = 's';
INSERT INTO production.reason VALUES ('break', 'break', true), ('fault', 'fault', false);
INSERT INTO production.downtime (asset_id, during, reason)
SELECT id, down::tstzrange, reason FROM factory.assets,
  (VALUES ('[2026-01-05 10:00+00, 2026-01-05 10:30+00)', 'break'), ('[2026-01-05 12:00+00, 2026-01-05 12:45+00)', 'fault')) AS d (down, reason)
WHERE name = 'm';
-- 450 minutes planned, 405 of them running, 360 pieces at a minute each, 10 of them scrap. The second run is half in the next shift.
INSERT INTO production.operation_run (lot_id, asset_id, during, good, scrap)
SELECT lot_id, id, run.during::tstzrange, run.good, run.scrap FROM factory.assets, production.lot JOIN
  (VALUES ('1', '[2026-01-05 06:00+00, 2026-01-05 12:00+00)', 300, 10), ('2', '[2026-01-05 13:00+00, 2026-01-05 15:00+00)', 100, 0)) AS run (number, during, good, scrap)
  USING (number)
WHERE assets.name = 'm';
SELECT results_eq(
  $$SELECT planned_seconds / 60, stopped_seconds / 60, good, scrap, round(availability, 6), round(performance, 6), round(quality, 6), round(oee, 6)
    FROM production.oee_shift WHERE asset = 'm'$$,
  $$VALUES (450::numeric, 45::numeric, 350::numeric, 10::numeric, 0.9, round(360 / 405.0, 6), round(350 / 360.0, 6), round(350 / 450.0, 6))$$,
  'OEE is availability by performance by quality'
);
SELECT throws_ok(
  $$INSERT INTO production.operation_run (lot_id, asset_id, during) SELECT lot_id, asset_id, '[2026-01-05 11:00+00,)' FROM production.operation_run LIMIT 1$$,
  '23P01', NULL, 'an asset works on one thing at a time'
);
SELECT throws_ok(
  $$INSERT INTO production.downtime (asset_id, during, reason) SELECT asset_id, '[2026-01-05 10:10+00,)', 'fault' FROM production.downtime LIMIT 1$$,
  '23P01', NULL, 'and stands still for one reason'
);
SELECT throws_ok($$INSERT INTO factory.assets (name) VALUES ('m')$$, '23505', NULL, 'names of assets are unique');
SELECT lives_ok(
  $$INSERT INTO production.operation_run (lot_id, asset_id, during) SELECT lot_id, asset_id, '[2026-01-05 15:00+00,)' FROM production.operation_run LIMIT 1$$,
  'a run that is not over is one, too'
);
INSERT INTO factory.floor_plan (site_id, name) SELECT site_id, 'f' FROM factory.site WHERE name = 's';
\if :postgis
  UPDATE factory.assets SET location = public.st_setsrid(public.st_point(8.5, 49.4), 4326), position = public.st_point(3, 4), floor_id = (SELECT floor_id FROM factory.floor_plan) WHERE name = 'm';
  INSERT INTO factory.zone (floor_id, name, kind, outline) SELECT floor_id, 'z', 'clean', public.st_makeenvelope(0, 0, 5, 5) FROM factory.floor_plan;
  SELECT throws_ok($$UPDATE factory.assets SET location = public.st_setsrid(public.st_point(1, 1), 3857)$$, '22023', NULL, 'a location is on the globe');
\else
  UPDATE factory.assets SET longitude = 8.5, latitude = 49.4, position = point(3, 4), floor_id = (SELECT floor_id FROM factory.floor_plan) WHERE name = 'm';
  INSERT INTO factory.zone (floor_id, name, kind, outline) SELECT floor_id, 'z', 'clean', '((0,0),(0,5),(5,5),(5,0))' FROM factory.floor_plan;
  SELECT throws_ok($$UPDATE factory.assets SET latitude = 91$$, '23514', NULL, 'a location is on the globe');
\endif
SELECT results_eq(
  $$SELECT longitude, latitude, x, y FROM factory.asset_place WHERE name = 'm'$$, 'VALUES (8.5::float8, 49.4::float8, 3::float8, 4::float8)', 'places are numbers, too'
);
SELECT results_eq(
  $$SELECT name, distance FROM factory.assets_within((SELECT floor_id FROM factory.floor_plan), 0, 0, 5)$$, $$VALUES ('m', 5::float8)$$, 'what is around a point'
);
SELECT is_empty($$SELECT * FROM factory.assets_within((SELECT floor_id FROM factory.floor_plan), 0, 0, 4.9)$$, 'and what is not');
SELECT results_eq($$SELECT zone, kind FROM factory.asset_zone$$, $$VALUES ('z', 'clean')$$, 'the zone of an asset');
SET ROLE production_data_writer;
SELECT throws_ok('DELETE FROM production.operation_run', '42501', NULL, 'what was made is not deleted');
SELECT throws_ok('CREATE TABLE production.own (n integer)', '42501', NULL, 'nor is anything added to the schema');
RESET ROLE;
SELECT * FROM finish();
