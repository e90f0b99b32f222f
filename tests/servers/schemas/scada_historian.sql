SELECT plan(15);
INSERT INTO scada.tag (name, unit) VALUES ('t', '°C'), ('u', 'bar');
SET ROLE scada_historian_writer;
INSERT INTO scada.sensor_data (time, sensor_id, value) VALUES (now() - interval '10 minutes', 't', 1.5);
SELECT throws_ok($$INSERT INTO scada.sensor_data (time, sensor_id, value) VALUES (now(), 'nobody', 1)$$, '23503', 'tag ''nobody'' is not known', 'names are looked up');
SELECT throws_ok('UPDATE scada.reading SET value = 0', '42501', NULL, 'readings are not changed');
SELECT throws_ok('DELETE FROM scada.reading', '42501', NULL, 'nor deleted');
SELECT throws_ok('TRUNCATE scada.reading', '42501', NULL, 'nor thrown away');
SELECT throws_ok('SELECT upkeep.run()', '42501', NULL, 'the upkeep is not for everybody');
RESET ROLE;
SELECT results_eq($$SELECT name, value, quality FROM scada.latest WHERE name = 't'$$, $$VALUES ('t', 1.5::float8, 192::smallint)$$, 'the newest reading by name');
-- A minute with a bad value in between, and a second one.
INSERT INTO scada.reading (time, value, tag_id, quality)
SELECT date_trunc('hour', now()) - interval '2 hours' + at, value, tag_id, quality
FROM scada.tag, (VALUES (interval '1 s', 10, 192), (interval '20 s', 999, 0), (interval '40 s', 20, 192), (interval '61 s', 60, 192)) AS r (at, value, quality)
WHERE name = 'u';
SELECT cmp_ok((SELECT count FROM upkeep.run() WHERE what = 'scada.roll_up'), '>=', 4::bigint, 'the upkeep rolls up');
SELECT results_eq(
  $$SELECT minimum, maximum, total, first, last, readings, good FROM scada.reading_minute JOIN scada.tag USING (tag_id) WHERE name = 'u' ORDER BY bucket$$,
  'VALUES (10::float8, 20::float8, 30::float8, 10::float8, 20::float8, 3::bigint, 2::bigint), (60, 60, 60, 60, 60, 1, 1)', 'bad readings count, but not in the values'
);
SELECT results_eq(
  $$SELECT minimum, maximum, total, first, last, readings, good FROM scada.reading_hour JOIN scada.tag USING (tag_id) WHERE name = 'u'$$,
  'VALUES (10::float8, 60::float8, 90::float8, 10::float8, 60::float8, 4::bigint, 3::bigint)', 'an hour is made of its minutes'
);
-- One that comes late.
INSERT INTO scada.reading (time, value, tag_id) SELECT date_trunc('hour', now()) - interval '2 hours' + interval '50 s', 5, tag_id FROM scada.tag WHERE name = 'u';
SELECT lives_ok($$SELECT scada.roll_up(now() - interval '1 day', now())$$, 'a window is rolled up again');
SELECT results_eq(
  $$SELECT minimum, last, readings FROM scada.reading_day JOIN scada.tag USING (tag_id) WHERE name = 'u' AND readings > 1$$,
  'VALUES (5::float8, 60::float8, 5::bigint)', 'and the day knows what came late'
);
SELECT is(upkeep.ensure(), 0, 'partitions that are there are not made');
SELECT is(upkeep.ensure_partitions('scada.reading', interval '1 day', '2020-02-27Z', '2020-03-03Z'), 5, 'old ones are made when somebody needs them');
SELECT is(upkeep.ensure_partitions('scada.reading', interval '1 day', '2020-02-27Z', '2020-03-03Z'), 0, 'once');
SELECT is(upkeep.drop_before('scada.reading', '2020-03-02Z'), 4, 'and dropped as a whole');
SELECT * FROM finish();
