-- Readings on PostgreSQL's own partitions, a day each, and rollups that upkeep.run() writes.
SET LOCAL ROLE :owner;

-- The columns are in the order that wastes no byte between them. No foreign key: it would look up the tag for every reading.
CREATE TABLE scada.reading (
  time timestamptz NOT NULL,
  value double precision,
  tag_id integer NOT NULL,
  quality smallint NOT NULL DEFAULT 192,
  PRIMARY KEY (tag_id, time)
) PARTITION BY RANGE (time);
COMMENT ON TABLE scada.reading IS 'Readings that are numbers';
COMMENT ON COLUMN scada.reading.quality IS 'As in OPC: 192 and more is good, less than 64 is bad';
CREATE INDEX ON scada.reading USING brin (time) WITH (autosummarize = on);

CREATE TABLE scada.reading_text (
  time timestamptz NOT NULL,
  value text NOT NULL,
  tag_id integer NOT NULL,
  quality smallint NOT NULL DEFAULT 192,
  PRIMARY KEY (tag_id, time)
) PARTITION BY RANGE (time);
COMMENT ON TABLE scada.reading_text IS 'Readings that are texts, such as states and batch numbers';

CREATE TABLE scada.reading_minute (
  bucket timestamptz NOT NULL,
  minimum double precision,
  maximum double precision,
  total double precision NOT NULL,
  first double precision,
  last double precision,
  readings bigint NOT NULL,
  good bigint NOT NULL,
  tag_id integer NOT NULL,
  PRIMARY KEY (tag_id, bucket)
) PARTITION BY RANGE (bucket);
CREATE TABLE scada.reading_hour (LIKE scada.reading_minute INCLUDING ALL);
CREATE TABLE scada.reading_day (LIKE scada.reading_minute INCLUDING ALL);
COMMENT ON TABLE scada.reading_minute IS 'Readings by the minute; minimum, maximum, total, first and last are those of good ones';
COMMENT ON TABLE scada.reading_hour IS 'Readings by the hour';
COMMENT ON TABLE scada.reading_day IS 'Readings by the day, in UTC';

CREATE TABLE scada.rolled_up (
  level text PRIMARY KEY,
  until timestamptz NOT NULL
);
COMMENT ON TABLE scada.rolled_up IS 'How far rollups are';

INSERT INTO upkeep.series (schema_name, table_name, step, behind, ahead, retention) VALUES
  ('scada', 'reading', interval '1 day', 7, 8, 'scadaHistorian.retentionDays'),
  ('scada', 'reading_text', interval '7 days', 2, 3, 'scadaHistorian.retentionDays'),
  ('scada', 'reading_minute', interval '7 days', 2, 3, 'scadaHistorian.rollupRetentionDays');
INSERT INTO upkeep.task (position, function) VALUES (10, 'scada.roll_up');
