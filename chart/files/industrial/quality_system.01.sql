-- What a quality system keeps record of: nonconformances and what is done about them, and calibration. ISO 9001, 7.1.5, 8.7, 10.2.
CREATE SCHEMA qms AUTHORIZATION :keeper;
SET LOCAL ROLE :keeper;
COMMENT ON SCHEMA qms IS 'Records of the quality system';

CREATE TABLE qms.nonconformance (
  nonconformance_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number text NOT NULL UNIQUE CHECK (number <> ''),
  lot text,
  description text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('minor', 'major', 'critical')),
  disposition text CHECK (disposition IN ('use as is', 'rework', 'repair', 'return', 'scrap')),
  found_at timestamptz NOT NULL DEFAULT now(),
  found_by text NOT NULL DEFAULT session_user,
  closed_at timestamptz,
  closed_by text,
  CHECK (closed_at >= found_at),
  CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
  -- What nobody decided about is not closed.
  CHECK (closed_at IS NULL OR disposition IS NOT NULL)
);
CREATE INDEX ON qms.nonconformance (lot);

CREATE TABLE qms.capa (
  capa_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number text NOT NULL UNIQUE CHECK (number <> ''),
  nonconformance_id bigint REFERENCES qms.nonconformance,
  kind text NOT NULL CHECK (kind IN ('corrective', 'preventive')),
  root_cause text,
  action text NOT NULL,
  responsible text NOT NULL,
  due_on date NOT NULL,
  done_at timestamptz,
  effective boolean,
  checked_at timestamptz,
  checked_by text,
  CHECK (kind = 'preventive' OR nonconformance_id IS NOT NULL),
  CHECK (done_at IS NULL OR root_cause IS NOT NULL),
  CHECK ((effective IS NULL) = (checked_at IS NULL) AND (checked_at IS NULL) = (checked_by IS NULL)),
  CHECK (checked_at >= done_at AND (checked_at IS NULL OR done_at IS NOT NULL)),
  -- Nobody says of his own work that it works.
  CHECK (checked_by <> responsible)
);
COMMENT ON TABLE qms.capa IS 'Corrective and preventive actions, with the check of their effect';
CREATE INDEX ON qms.capa (nonconformance_id);

CREATE TABLE qms.instrument (
  instrument_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number text NOT NULL UNIQUE CHECK (number <> ''),
  name text NOT NULL,
  every interval NOT NULL CHECK (every > interval '0'),
  in_use boolean NOT NULL DEFAULT true
);
CREATE TABLE qms.calibration (
  calibration_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instrument_id integer NOT NULL REFERENCES qms.instrument,
  calibrated_at timestamptz NOT NULL,
  calibrated_by text NOT NULL,
  passed boolean NOT NULL,
  deviation numeric,
  uncertainty numeric CHECK (uncertainty >= 0),
  certificate text,
  standard text NOT NULL
);
COMMENT ON COLUMN qms.calibration.standard IS 'What it was compared with, and what that is traced to';
CREATE INDEX ON qms.calibration (instrument_id, calibrated_at);
