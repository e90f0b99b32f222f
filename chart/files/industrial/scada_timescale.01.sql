-- Readings on TimescaleDB: hypertables, and rollups that it keeps by itself. Source: TimescaleDB's API reference, 2.17 and later.
CREATE EXTENSION IF NOT EXISTS timescaledb SCHEMA public;
SET LOCAL ROLE :owner;

CREATE TABLE scada.reading (
  time timestamptz NOT NULL,
  value double precision,
  tag_id integer NOT NULL,
  quality smallint NOT NULL DEFAULT 192,
  PRIMARY KEY (tag_id, time)
);
COMMENT ON TABLE scada.reading IS 'Readings that are numbers';
COMMENT ON COLUMN scada.reading.quality IS 'As in OPC: 192 and more is good, less than 64 is bad';
SELECT public.create_hypertable('scada.reading', public.by_range('time', interval '1 day')) \g /dev/null
ALTER TABLE scada.reading SET (
  timescaledb.compress, timescaledb.compress_segmentby = 'tag_id', timescaledb.compress_orderby = 'time DESC'
);

CREATE TABLE scada.reading_text (
  time timestamptz NOT NULL,
  value text NOT NULL,
  tag_id integer NOT NULL,
  quality smallint NOT NULL DEFAULT 192,
  PRIMARY KEY (tag_id, time)
);
COMMENT ON TABLE scada.reading_text IS 'Readings that are texts, such as states and batch numbers';
SELECT public.create_hypertable('scada.reading_text', public.by_range('time', interval '7 days')) \g /dev/null
ALTER TABLE scada.reading_text SET (
  timescaledb.compress, timescaledb.compress_segmentby = 'tag_id', timescaledb.compress_orderby = 'time DESC'
);

-- Real-time aggregation is off: it would read raw data that retention may have dropped.
CREATE MATERIALIZED VIEW scada.reading_minute WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
SELECT
  public.time_bucket(interval '1 minute', time) AS bucket,
  min(value) FILTER (WHERE quality >= 192) AS minimum,
  max(value) FILTER (WHERE quality >= 192) AS maximum,
  coalesce(sum(value) FILTER (WHERE quality >= 192), 0) AS total,
  public.first(value, time) FILTER (WHERE quality >= 192) AS first,
  public.last(value, time) FILTER (WHERE quality >= 192) AS last,
  count(*) AS readings,
  count(value) FILTER (WHERE quality >= 192) AS good,
  tag_id
FROM scada.reading
GROUP BY tag_id, public.time_bucket(interval '1 minute', time)
WITH NO DATA;

CREATE MATERIALIZED VIEW scada.reading_hour WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
SELECT
  public.time_bucket(interval '1 hour', bucket) AS bucket,
  min(minimum) AS minimum,
  max(maximum) AS maximum,
  sum(total) AS total,
  public.first(first, bucket) FILTER (WHERE good > 0) AS first,
  public.last(last, bucket) FILTER (WHERE good > 0) AS last,
  sum(readings)::bigint AS readings,
  sum(good)::bigint AS good,
  tag_id
FROM scada.reading_minute
GROUP BY tag_id, public.time_bucket(interval '1 hour', bucket)
WITH NO DATA;

CREATE MATERIALIZED VIEW scada.reading_day WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
SELECT
  public.time_bucket(interval '1 day', bucket) AS bucket,
  min(minimum) AS minimum,
  max(maximum) AS maximum,
  sum(total) AS total,
  public.first(first, bucket) FILTER (WHERE good > 0) AS first,
  public.last(last, bucket) FILTER (WHERE good > 0) AS last,
  sum(readings)::bigint AS readings,
  sum(good)::bigint AS good,
  tag_id
FROM scada.reading_hour
GROUP BY tag_id, public.time_bucket(interval '1 day', bucket)
WITH NO DATA;
