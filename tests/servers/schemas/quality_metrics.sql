SELECT plan(12);
INSERT INTO quality.characteristic (product, name, target, lower_limit, upper_limit) VALUES ('p', 'c', 10, 7, 13);
-- Samples 8 9 10, 9 10 11, 10 11 12: one within each, and by the means 1.1547 for all.
INSERT INTO quality.sample (lot, taken_at) SELECT 'l' || n, now() - n * interval '1 hour' FROM generate_series(1, 3) AS n;
INSERT INTO quality.measurement (time, value, sample_id, characteristic_id, position)
SELECT taken_at, substr(lot, 2)::integer + 6 + position, sample_id, characteristic_id, position
FROM quality.sample, quality.characteristic, generate_series(1, 3) AS position WHERE product = 'p' AND lot IN ('l1', 'l2', 'l3');
SELECT results_eq(
  $$SELECT measurements, mean, sigma_within, round(sigma_overall::numeric, 6), cp, cpk, round(pp::numeric, 6), round(ppk::numeric, 6)
    FROM quality.capability(now() - interval '1 day', now()) WHERE product = 'p'$$,
  $$VALUES (9::bigint, 10::float8, 1::float8, round(sqrt(1.5), 6), 1::float8, 1::float8, round(1 / sqrt(1.5), 6), round(1 / sqrt(1.5), 6))$$,
  'Cp and Cpk by the spread within samples, Pp and Ppk by the whole'
);
INSERT INTO quality.characteristic (product, name, upper_limit) VALUES ('p', 'one limit', 13);
INSERT INTO quality.measurement (value, sample_id, characteristic_id)
SELECT v, sample_id, c.characteristic_id FROM quality.sample, quality.characteristic AS c, unnest(ARRAY[9, 11]) AS v
WHERE lot = 'l1' AND name = 'one limit' AND v = 9;
SELECT results_eq(
  $$SELECT cp, pp IS NULL FROM quality.capability(now() - interval '1 day', now() + interval '1 hour') WHERE name = 'one limit'$$,
  'VALUES (NULL::float8, true)', 'a single value and a single limit say nothing of a spread'
);
SELECT throws_ok($$INSERT INTO quality.characteristic (product, name, lower_limit, upper_limit) VALUES ('p', 'x', 2, 1)$$, '23514', NULL, 'limits are in order');
-- Twenty-five samples around 100, then one far away.
INSERT INTO quality.characteristic (product, name, lower_limit) VALUES ('p', 'chart', 0);
INSERT INTO quality.sample (lot, taken_at) SELECT 'k' || n, now() - interval '3 days' + n * interval '1 hour' FROM generate_series(1, 25) AS n;
INSERT INTO quality.sample (lot, taken_at) VALUES ('k99', now() - interval '1 hour');
INSERT INTO quality.measurement (time, value, sample_id, characteristic_id)
SELECT taken_at, CASE lot WHEN 'k99' THEN 120 ELSE 100 + (substr(lot, 2)::integer % 3) - 1 END, sample_id, characteristic_id
FROM quality.sample, quality.characteristic WHERE lot LIKE 'k%' AND name = 'chart';
SELECT results_eq(
  $$SELECT lot, rule FROM quality.rule_hits(now() - interval '1 day') JOIN quality.sample USING (sample_id)$$, $$VALUES ('k99', 1)$$,
  'one beyond three sigma breaks the first rule'
);
SELECT is((SELECT count FROM upkeep.run() WHERE what = 'quality.find_rule_hits'), 1::bigint, 'the upkeep writes it down');
SELECT is((SELECT count FROM upkeep.run() WHERE what = 'quality.find_rule_hits'), 0::bigint, 'once');
INSERT INTO qms.nonconformance (number, description, severity) VALUES ('n', 'd', 'major');
SELECT throws_ok($$UPDATE qms.nonconformance SET closed_at = now(), closed_by = 'x'$$, '23514', NULL, 'nothing is closed that nobody decided about');
SELECT throws_ok(
  $$INSERT INTO qms.capa (number, kind, action, responsible, due_on) VALUES ('c', 'corrective', 'a', 'r', current_date)$$, '23514', NULL,
  'a corrective action corrects something'
);
INSERT INTO qms.capa (number, nonconformance_id, kind, action, responsible, due_on, root_cause, done_at)
SELECT 'c', nonconformance_id, 'corrective', 'a', 'r', current_date, 'why', now() FROM qms.nonconformance WHERE number = 'n';
SELECT throws_ok(
  $$UPDATE qms.capa SET effective = true, checked_at = now(), checked_by = 'r' WHERE number = 'c'$$, '23514', NULL, 'nobody checks his own work'
);
INSERT INTO qms.instrument (number, name, every) VALUES ('i', 'i', interval '1 year');
INSERT INTO qms.calibration (instrument_id, calibrated_at, calibrated_by, passed, standard)
SELECT instrument_id, now() - interval '13 months', 'lab', true, 's' FROM qms.instrument WHERE number = 'i';
SELECT ok(qms.is_calibrated('i', now() - interval '2 months') AND NOT qms.is_calibrated('i'), 'a calibration ends');
SELECT results_eq($$SELECT kind FROM qms.overdue WHERE number = 'i'$$, $$VALUES ('calibration')$$, 'and is due');
SET ROLE quality_metrics_writer;
SELECT throws_ok('UPDATE quality.measurement SET value = 10', '42501', NULL, 'what was measured stays');
RESET ROLE;
SELECT * FROM finish();
