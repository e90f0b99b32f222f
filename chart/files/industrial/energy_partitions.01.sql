-- Readings on PostgreSQL's own partitions, seven days each.
SET LOCAL ROLE :owner;
CREATE TABLE energy.reading (
  time timestamptz NOT NULL,
  counter double precision NOT NULL,
  power double precision,
  meter_id integer NOT NULL,
  power_factor real,
  PRIMARY KEY (meter_id, time)
) PARTITION BY RANGE (time);
COMMENT ON TABLE energy.reading IS 'Counters of meters, and what they tell besides';
CREATE INDEX ON energy.reading USING brin (time) WITH (autosummarize = on);
INSERT INTO upkeep.series (schema_name, table_name, step, behind, ahead, retention)
VALUES ('energy', 'reading', interval '7 days', 2, 3, 'energyConsumption.retentionDays');
