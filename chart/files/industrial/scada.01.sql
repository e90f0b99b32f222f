-- Tags and alarms of a historian.
SET LOCAL ROLE :owner;
CREATE SCHEMA scada;
COMMENT ON SCHEMA scada IS 'What the machines say';

CREATE TABLE scada.tag (
  tag_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name <> ''),
  description text,
  unit text,
  site text NOT NULL DEFAULT '',
  asset text,
  scan_class text NOT NULL DEFAULT 'normal' CHECK (scan_class IN ('fast', 'normal', 'slow', 'event')),
  deadband double precision NOT NULL DEFAULT 0 CHECK (deadband >= 0),
  low_limit double precision,
  high_limit double precision,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (low_limit < high_limit)
);
COMMENT ON TABLE scada.tag IS 'Measuring points; readings carry the short number instead of the name';
COMMENT ON COLUMN scada.tag.deadband IS 'Smallest change that the collector sends';

CREATE TABLE scada.alarm (
  alarm_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tag_id integer NOT NULL REFERENCES scada.tag,
  raised_at timestamptz NOT NULL DEFAULT now(),
  cleared_at timestamptz,
  severity integer NOT NULL DEFAULT 500 CHECK (severity BETWEEN 1 AND 1000),
  message text NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by text,
  CHECK (cleared_at >= raised_at),
  CHECK (acknowledged_at >= raised_at),
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
COMMENT ON TABLE scada.alarm IS 'Alarms; severity as in OPC, 1 to 1000';
CREATE INDEX ON scada.alarm (tag_id, raised_at);
CREATE INDEX ON scada.alarm (raised_at) WHERE cleared_at IS NULL OR acknowledged_at IS NULL;
