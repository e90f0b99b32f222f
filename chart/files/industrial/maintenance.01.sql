-- What is repaired and kept in order.
SET LOCAL ROLE :owner;
CREATE SCHEMA maintenance;
COMMENT ON SCHEMA maintenance IS 'Requests, orders, parts and failures';

CREATE TABLE maintenance.asset (
  asset_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name <> ''),
  criticality text NOT NULL DEFAULT 'B' CHECK (criticality IN ('A', 'B', 'C')),
  in_service_since timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE maintenance.work_request (
  request_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  asset_id integer NOT NULL REFERENCES maintenance.asset,
  requested_at timestamptz NOT NULL DEFAULT now(),
  requested_by text NOT NULL DEFAULT session_user,
  description text NOT NULL,
  priority integer NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5),
  decision text CHECK (decision IN ('accepted', 'rejected'))
);
CREATE TABLE maintenance.pm_schedule (
  schedule_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  asset_id integer NOT NULL REFERENCES maintenance.asset,
  name text NOT NULL,
  every interval CHECK (every > interval '0'),
  every_count numeric CHECK (every_count > 0),
  meter text,
  active boolean NOT NULL DEFAULT true,
  UNIQUE (asset_id, name),
  CHECK (every IS NOT NULL OR every_count IS NOT NULL AND meter IS NOT NULL)
);
COMMENT ON TABLE maintenance.pm_schedule IS 'Preventive maintenance: by time, or by a counter such as hours of operation';
CREATE TABLE maintenance.work_order (
  work_order_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number text NOT NULL UNIQUE CHECK (number <> ''),
  asset_id integer NOT NULL REFERENCES maintenance.asset,
  request_id bigint REFERENCES maintenance.work_request,
  schedule_id integer REFERENCES maintenance.pm_schedule,
  kind text NOT NULL CHECK (kind IN ('corrective', 'preventive', 'predictive', 'improvement')),
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'planned', 'started', 'waiting', 'done', 'cancelled')),
  due_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  assigned_to text,
  CHECK (finished_at >= started_at),
  CHECK (status <> 'done' OR finished_at IS NOT NULL)
);
CREATE INDEX ON maintenance.work_order (asset_id, finished_at);
CREATE INDEX ON maintenance.work_order (schedule_id, finished_at);
CREATE TABLE maintenance.task (
  work_order_id bigint NOT NULL REFERENCES maintenance.work_order ON DELETE CASCADE,
  position integer NOT NULL,
  description text NOT NULL,
  done_at timestamptz,
  done_by text,
  PRIMARY KEY (work_order_id, position),
  CHECK ((done_at IS NULL) = (done_by IS NULL))
);
CREATE TABLE maintenance.spare_part (
  part_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number text NOT NULL UNIQUE CHECK (number <> ''),
  name text NOT NULL,
  stock numeric NOT NULL DEFAULT 0 CHECK (stock >= 0),
  reorder_at numeric NOT NULL DEFAULT 0 CHECK (reorder_at >= 0)
);
CREATE TABLE maintenance.part_usage (
  usage_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  work_order_id bigint NOT NULL REFERENCES maintenance.work_order,
  part_id integer NOT NULL REFERENCES maintenance.spare_part,
  quantity numeric NOT NULL CHECK (quantity > 0),
  used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON maintenance.part_usage (work_order_id);
CREATE TABLE maintenance.meter_reading (
  asset_id integer NOT NULL REFERENCES maintenance.asset,
  meter text NOT NULL,
  read_at timestamptz NOT NULL DEFAULT now(),
  value numeric NOT NULL,
  PRIMARY KEY (asset_id, meter, read_at)
);
COMMENT ON TABLE maintenance.meter_reading IS 'Counters of assets, such as hours of operation';
CREATE TABLE maintenance.failure (
  failure_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  asset_id integer NOT NULL REFERENCES maintenance.asset,
  work_order_id bigint REFERENCES maintenance.work_order,
  down tstzrange NOT NULL CHECK (NOT isempty(down) AND NOT lower_inf(down)),
  mode text NOT NULL,
  cause text,
  effect text,
  EXCLUDE USING gist (asset_id WITH =, down WITH &&)
);
COMMENT ON TABLE maintenance.failure IS 'When an asset did not work: the mode, its cause and its effect';
