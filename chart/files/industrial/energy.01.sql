-- Meters, tariffs and what consumption should be.
SET LOCAL ROLE :owner;
CREATE SCHEMA energy;
COMMENT ON SCHEMA energy IS 'What is consumed, and what it costs';

CREATE TABLE energy.meter (
  meter_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name <> ''),
  medium text NOT NULL CHECK (medium IN ('electricity', 'gas', 'steam', 'water', 'air', 'heat', 'cold')),
  unit text NOT NULL,
  factor numeric NOT NULL DEFAULT 1 CHECK (factor > 0),
  rollover numeric CHECK (rollover > 0),
  parent_id integer REFERENCES energy.meter,
  site text NOT NULL DEFAULT '',
  area text,
  active boolean NOT NULL DEFAULT true,
  CHECK (parent_id <> meter_id)
);
COMMENT ON TABLE energy.meter IS 'Meters; those below another one measure a part of it';
COMMENT ON COLUMN energy.meter.factor IS 'What a step of the counter is worth in units, as of a current transformer';
COMMENT ON COLUMN energy.meter.rollover IS 'Where the counter begins again at zero; without it a counter that falls was exchanged';
CREATE INDEX ON energy.meter (parent_id);

CREATE TABLE energy.tariff (
  tariff_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  medium text NOT NULL,
  site text NOT NULL DEFAULT '',
  valid tstzrange NOT NULL CHECK (NOT isempty(valid)),
  price numeric NOT NULL CHECK (price >= 0),
  currency character(3) NOT NULL DEFAULT 'EUR' CHECK (currency ~ '^[A-Z]{3}$'),
  EXCLUDE USING gist (medium WITH =, site WITH =, valid WITH &&)
);
COMMENT ON TABLE energy.tariff IS 'Prices of a unit; no two at the same time';

CREATE TABLE energy.baseline (
  baseline_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  meter_id integer NOT NULL REFERENCES energy.meter,
  period daterange NOT NULL,
  base_load numeric NOT NULL DEFAULT 0,
  per_driver numeric NOT NULL DEFAULT 0,
  driver text,
  approved_by text,
  EXCLUDE USING gist (meter_id WITH =, period WITH &&)
);
COMMENT ON TABLE energy.baseline IS 'What a day should take (ISO 50001): a base load, and so much for each unit of a driver such as pieces';

CREATE TABLE energy.driver (
  day date NOT NULL,
  meter_id integer NOT NULL REFERENCES energy.meter,
  amount numeric NOT NULL,
  PRIMARY KEY (meter_id, day)
);
COMMENT ON TABLE energy.driver IS 'How much of its driver there was on a day';
