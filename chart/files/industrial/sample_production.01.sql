-- Sample data: a plant with two lines, and a day of work.
SET LOCAL ROLE :owner;
INSERT INTO factory.site (enterprise, name, timezone) VALUES ('Sample', 'Plant 1', 'Europe/Berlin');
INSERT INTO factory.area (site_id, name) SELECT site_id, unnest(ARRAY['Machining', 'Assembly']) FROM factory.site;
INSERT INTO factory.line (area_id, name) SELECT area_id, name || ' line' FROM factory.area;
INSERT INTO factory.assets (name, line_id, kind, manufacturer, serial_number, commissioned_on)
SELECT format('%s %s', CASE area.name WHEN 'Machining' THEN 'Mill' ELSE 'Robot' END, n), line_id,
  CASE area.name WHEN 'Machining' THEN 'machine' ELSE 'robot' END, 'Sample', format('S-%s-%s', line_id, n), current_date - 1000
FROM factory.line JOIN factory.area USING (area_id), generate_series(1, 4) AS n;
INSERT INTO production.product (code, name) VALUES ('P-100', 'Housing'), ('P-200', 'Gearbox');
INSERT INTO production.cycle (product_id, asset_id, seconds)
SELECT product_id, id, CASE code WHEN 'P-100' THEN 40 ELSE 50 END FROM production.product, factory.assets;
INSERT INTO production.reason (code, description, planned) VALUES
  ('BRK', 'Break', true), ('SET', 'Set-up', false), ('FLT', 'Fault', false), ('MAT', 'No material', false);
INSERT INTO production.shift (site_id, name, during)
SELECT site_id, shift.name, tstzrange(now() - shift.until, now() - shift.until + interval '8 hours')
FROM factory.site, (VALUES ('early', interval '24 hours'), ('late', interval '16 hours'), ('night', interval '8 hours')) AS shift (name, until);
INSERT INTO production.work_order (number, product_id, quantity, status)
SELECT format('WO-%s', 1000 + n), product_id, 500, 'running'
FROM generate_series(1, 6) AS n JOIN production.product ON code = CASE n % 2 WHEN 0 THEN 'P-100' ELSE 'P-200' END;
INSERT INTO production.lot (number, product_id, work_order_id, quantity)
SELECT replace(number, 'WO', 'LOT'), product_id, work_order_id, quantity FROM production.work_order;
-- Two hours each, with a few minutes between them.
INSERT INTO production.operation_run (lot_id, asset_id, during, good, scrap, operator)
SELECT lot_id, id, tstzrange(now() - n * interval '2 hours', now() - n * interval '2 hours' + interval '110 minutes'),
  130 + (id * 7 + n * 13) % 20, (id + n) % 5, format('operator %s', 1 + (id + n) % 4)
FROM factory.assets CROSS JOIN generate_series(1, 12) AS n JOIN production.lot ON number = format('LOT-%s', 1001 + (id + n) % 6);
INSERT INTO production.downtime (asset_id, during, reason)
SELECT id, tstzrange(now() - n * interval '2 hours' - interval '10 minutes', now() - n * interval '2 hours'), (ARRAY['BRK', 'SET', 'FLT', 'MAT'])[1 + (id + n) % 4]
FROM factory.assets, generate_series(0, 11) AS n;
