-- Readings on TimescaleDB. Source: TimescaleDB's API reference, 2.17 and later.
CREATE EXTENSION IF NOT EXISTS timescaledb SCHEMA public;
SET LOCAL ROLE :owner;
CREATE TABLE energy.reading (
  time timestamptz NOT NULL,
  counter double precision NOT NULL,
  power double precision,
  meter_id integer NOT NULL,
  power_factor real,
  PRIMARY KEY (meter_id, time)
);
COMMENT ON TABLE energy.reading IS 'Counters of meters, and what they tell besides';
SELECT public.create_hypertable('energy.reading', public.by_range('time', interval '7 days')) \g /dev/null
ALTER TABLE energy.reading SET (
  timescaledb.compress, timescaledb.compress_segmentby = 'meter_id', timescaledb.compress_orderby = 'time DESC'
);
