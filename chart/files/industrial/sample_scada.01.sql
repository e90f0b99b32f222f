-- Sample data: eight machines with four tags each, and a day of readings, ten seconds apart.
SET LOCAL ROLE :owner;
SELECT upkeep.ensure() \g /dev/null
INSERT INTO scada.tag (name, description, unit, site, asset, scan_class, deadband, low_limit, high_limit)
SELECT format('plant1/%s%s/%s', machine, n, signal.name), signal.description, signal.unit, 'Plant 1', format('%s %s', initcap(machine), n),
  'normal', signal.deadband, signal.low, signal.high
FROM unnest(ARRAY['mill', 'robot']) AS machine, generate_series(1, 4) AS n, (VALUES
  ('temperature', 'temperature of the spindle or the drive', '°C', 0.1, 10, 80), ('vibration', 'effective velocity', 'mm/s', 0.05, NULL, 7.1),
  ('power', 'active power', 'kW', 0.1, NULL, 30), ('speed', 'turns', '1/min', 1, NULL, 12000)
) AS signal (name, description, unit, deadband, low, high);
INSERT INTO scada.reading (time, value, tag_id, quality)
SELECT at,
  CASE split_part(name, '/', 3)
    WHEN 'temperature' THEN 45 + 10 * sin(extract(epoch FROM at) / 7200 + tag_id) WHEN 'vibration' THEN 2 + sin(extract(epoch FROM at) / 300 + tag_id)
    WHEN 'power' THEN 12 + 6 * sin(extract(epoch FROM at) / 1800 + tag_id) ELSE 6000 + 500 * sin(extract(epoch FROM at) / 900 + tag_id)
  END,
  tag_id, CASE WHEN extract(epoch FROM at)::bigint / 10 % 997 = tag_id % 997 THEN 0 ELSE 192 END
FROM scada.tag, generate_series(date_trunc('minute', now()) - interval '1 day', date_trunc('minute', now()), interval '10 seconds') AS at;
INSERT INTO scada.alarm (tag_id, raised_at, cleared_at, severity, message)
SELECT tag_id, now() - number * interval '3 hours', CASE WHEN number % 3 > 0 THEN now() - number * interval '2 hours' END, 700, 'vibration above its limit'
FROM (SELECT tag_id, row_number() OVER (ORDER BY tag_id) AS number FROM scada.tag WHERE name LIKE '%vibration') AS tag;
