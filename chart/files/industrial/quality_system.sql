-- What is due, and who may do what.
SET LOCAL ROLE :keeper;

CREATE OR REPLACE VIEW qms.overdue AS
SELECT 'capa' AS kind, number, due_on, responsible FROM qms.capa WHERE done_at IS NULL AND due_on < current_date
UNION ALL
SELECT 'effect of capa', number, due_on + 90, responsible FROM qms.capa WHERE done_at IS NOT NULL AND checked_at IS NULL AND done_at::date + 90 < current_date
UNION ALL
SELECT 'calibration', instrument.number, coalesce((last.calibrated_at + instrument.every)::date, '-infinity'), NULL
FROM qms.instrument
LEFT JOIN LATERAL (
  SELECT calibrated_at, passed FROM qms.calibration
  WHERE calibration.instrument_id = instrument.instrument_id
  ORDER BY calibrated_at DESC LIMIT 1
) AS last ON true
WHERE instrument.in_use AND (last.calibrated_at IS NULL OR NOT last.passed OR last.calibrated_at + instrument.every < now());
COMMENT ON VIEW qms.overdue IS 'Actions, checks of their effect, and calibrations that are late';

CREATE OR REPLACE FUNCTION qms.is_calibrated(instrument text, at timestamptz DEFAULT now()) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce((
    SELECT calibration.passed AND calibration.calibrated_at + known.every >= at
    FROM qms.instrument AS known JOIN qms.calibration USING (instrument_id)
    WHERE known.number = instrument AND calibration.calibrated_at <= at
    ORDER BY calibration.calibrated_at DESC LIMIT 1
  ), false)
$$;
COMMENT ON FUNCTION qms.is_calibrated(text, timestamptz) IS 'Whether the calibration before a time was passed and still held then';

GRANT USAGE ON SCHEMA qms TO :reader, :writer;
GRANT SELECT ON ALL TABLES IN SCHEMA qms TO :reader, :writer;
GRANT INSERT ON qms.nonconformance, qms.capa, qms.instrument, qms.calibration TO :writer;
GRANT UPDATE (disposition, closed_at, closed_by) ON qms.nonconformance TO :writer;
GRANT UPDATE (root_cause, action, due_on, done_at, effective, checked_at, checked_by) ON qms.capa TO :writer;
GRANT UPDATE (name, every, in_use) ON qms.instrument TO :writer;
