-- Consumption by the hour, which upkeep.run() writes.
SET LOCAL ROLE :owner;
CREATE TABLE energy.consumption_hour (
  bucket timestamptz NOT NULL,
  meter_id integer NOT NULL REFERENCES energy.meter,
  amount numeric NOT NULL,
  price numeric,
  currency character(3),
  readings integer NOT NULL,
  PRIMARY KEY (meter_id, bucket)
);
COMMENT ON TABLE energy.consumption_hour IS 'What each meter counted in an hour, in its unit, and the price of a unit then';
CREATE INDEX ON energy.consumption_hour (bucket);

CREATE TABLE energy.rolled_up (
  level text PRIMARY KEY,
  until timestamptz NOT NULL
);
COMMENT ON TABLE energy.rolled_up IS 'How far rollups are';
INSERT INTO upkeep.task (position, function) VALUES (20, 'energy.roll_up');
