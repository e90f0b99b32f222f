-- Sample data: thirty samples of five for two characteristics; the last ones drift.
SET LOCAL ROLE :owner;
SELECT upkeep.ensure() \g /dev/null
INSERT INTO quality.characteristic (product, name, unit, target, lower_limit, upper_limit, critical) VALUES
  ('P-100', 'bore diameter', 'mm', 20, 19.95, 20.05, true), ('P-100', 'surface roughness', 'µm', 0.8, NULL, 1.6, false);
INSERT INTO quality.control_plan (characteristic_id, every, method, instrument, reaction)
SELECT characteristic_id, interval '45 minutes', 'five in a row', 'CAL-1', 'stop, inform the shift leader' FROM quality.characteristic;
INSERT INTO quality.sample (lot, taken_at, taken_by)
SELECT format('LOT-%s', 1001 + n / 5), now() - (30 - n) * interval '45 minutes', 'inspector' FROM generate_series(0, 29) AS n;
INSERT INTO quality.measurement (time, value, sample_id, characteristic_id, position, instrument)
SELECT taken_at + position * interval '1 second',
  CASE unit WHEN 'mm' THEN 20 + 0.01 * sin(number * 3.1 + position * 1.7) + greatest(number - 25, 0) * 0.006 ELSE 0.9 + 0.1 * cos(number + position) END,
  sample_id, characteristic_id, position, 'CAL-1'
FROM (SELECT *, row_number() OVER (ORDER BY taken_at) AS number FROM quality.sample) AS sample, quality.characteristic, generate_series(1, 5) AS position;
INSERT INTO qms.instrument (number, name, every) VALUES ('CAL-1', 'bore gauge', interval '1 year'), ('CAL-2', 'roughness tester', interval '6 months');
INSERT INTO qms.calibration (instrument_id, calibrated_at, calibrated_by, passed, deviation, uncertainty, standard)
SELECT instrument_id, now() - CASE number WHEN 'CAL-1' THEN interval '3 months' ELSE interval '8 months' END, 'laboratory', true, 0.001, 0.0005,
  'a standard that is traced to the national institute'
FROM qms.instrument;
INSERT INTO qms.nonconformance (number, lot, description, severity, found_by) VALUES ('NC-1', 'LOT-1006', 'bore too large', 'major', 'inspector');
INSERT INTO qms.capa (number, nonconformance_id, kind, action, responsible, due_on)
SELECT 'CAPA-1', nonconformance_id, 'corrective', 'replace the worn insert, shorten its interval', 'process engineer', current_date + 14
FROM qms.nonconformance;
