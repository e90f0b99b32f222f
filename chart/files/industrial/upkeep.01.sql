-- Time series and the work that is done on them from time to time.
SET LOCAL ROLE :owner;
CREATE SCHEMA upkeep;
COMMENT ON SCHEMA upkeep IS 'Partitions, retention and rollups; somebody calls upkeep.run() every hour';

CREATE TABLE upkeep.series (
  schema_name text NOT NULL,
  table_name text NOT NULL,
  step interval NOT NULL,
  behind integer NOT NULL CHECK (behind >= 0),
  ahead integer NOT NULL CHECK (ahead >= 1),
  retention text,
  PRIMARY KEY (schema_name, table_name),
  CHECK (step = interval '1 month' OR (extract(month FROM step) = 0 AND extract(year FROM step) = 0 AND step >= interval '1 hour'))
);
COMMENT ON TABLE upkeep.series IS 'Tables in partitions by time';
COMMENT ON COLUMN upkeep.series.behind IS 'Steps before now that late rows find a partition in';
COMMENT ON COLUMN upkeep.series.ahead IS 'Steps after now that partitions are made for';
COMMENT ON COLUMN upkeep.series.retention IS 'The setting with the days after which partitions are dropped; none keeps them';

CREATE TABLE upkeep.task (
  position integer PRIMARY KEY,
  function text NOT NULL UNIQUE
);
COMMENT ON TABLE upkeep.task IS 'Functions without arguments that upkeep.run() calls, and that return how many rows they wrote';
