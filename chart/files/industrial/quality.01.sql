-- What is measured, and how well a process holds its limits.
SET LOCAL ROLE :owner;
CREATE SCHEMA quality;
COMMENT ON SCHEMA quality IS 'Characteristics, samples and measurements';

CREATE TABLE quality.characteristic (
  characteristic_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product text NOT NULL,
  name text NOT NULL,
  unit text,
  target double precision,
  lower_limit double precision,
  upper_limit double precision,
  critical boolean NOT NULL DEFAULT false,
  UNIQUE (product, name),
  CHECK (lower_limit < upper_limit),
  CHECK (lower_limit IS NOT NULL OR upper_limit IS NOT NULL)
);
COMMENT ON TABLE quality.characteristic IS 'What is measured of a product, and its specification limits (LSL, USL)';
CREATE TABLE quality.control_plan (
  characteristic_id integer PRIMARY KEY REFERENCES quality.characteristic,
  sample_size integer NOT NULL DEFAULT 5 CHECK (sample_size > 0),
  every interval NOT NULL,
  method text NOT NULL,
  instrument text,
  reaction text
);
COMMENT ON TABLE quality.control_plan IS 'How often, by what, and what to do when a value is out of limits';
CREATE TABLE quality.sample (
  sample_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lot text NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT now(),
  taken_by text NOT NULL DEFAULT session_user
);
CREATE INDEX ON quality.sample (lot);
CREATE TABLE quality.measurement (
  time timestamptz NOT NULL DEFAULT now(),
  value double precision NOT NULL,
  sample_id bigint NOT NULL REFERENCES quality.sample,
  characteristic_id integer NOT NULL REFERENCES quality.characteristic,
  position integer NOT NULL DEFAULT 1,
  instrument text,
  PRIMARY KEY (characteristic_id, time, sample_id, position)
) PARTITION BY RANGE (time);
COMMENT ON TABLE quality.measurement IS 'Measured values, a month to each partition';
CREATE INDEX ON quality.measurement (sample_id);

CREATE TABLE quality.spc_rule_hit (
  hit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  characteristic_id integer NOT NULL REFERENCES quality.characteristic,
  sample_id bigint NOT NULL REFERENCES quality.sample,
  rule integer NOT NULL CHECK (rule BETWEEN 1 AND 4),
  found_at timestamptz NOT NULL DEFAULT now(),
  assessed_by text,
  assessment text,
  UNIQUE (characteristic_id, sample_id, rule)
);
COMMENT ON TABLE quality.spc_rule_hit IS 'Samples that broke a rule of statistical process control';

INSERT INTO upkeep.series (schema_name, table_name, step, behind, ahead, retention)
VALUES ('quality', 'measurement', interval '1 month', 2, 3, 'qualityMetrics.retentionDays');
INSERT INTO upkeep.task (position, function) VALUES (30, 'quality.find_rule_hits');
