-- The factory as ISA-95 sees it, and what is made in it.
SET LOCAL ROLE :owner;
CREATE SCHEMA factory;
CREATE SCHEMA production;
COMMENT ON SCHEMA factory IS 'Sites, areas, lines and assets (ISA-95)';
COMMENT ON SCHEMA production IS 'What is made, where and when';

CREATE TABLE factory.site (
  site_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  enterprise text NOT NULL DEFAULT '',
  name text NOT NULL UNIQUE CHECK (name <> ''),
  timezone text NOT NULL DEFAULT 'UTC'
);
CREATE TABLE factory.area (
  area_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id integer NOT NULL REFERENCES factory.site,
  name text NOT NULL CHECK (name <> ''),
  UNIQUE (site_id, name)
);
CREATE TABLE factory.line (
  line_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  area_id integer NOT NULL REFERENCES factory.area,
  name text NOT NULL CHECK (name <> ''),
  kind text NOT NULL DEFAULT 'production line' CHECK (kind IN ('production line', 'process cell', 'production unit', 'storage zone')),
  UNIQUE (area_id, name)
);
CREATE TABLE factory.assets (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name <> ''),
  line_id integer REFERENCES factory.line,
  kind text NOT NULL DEFAULT 'machine',
  manufacturer text,
  model text,
  serial_number text,
  commissioned_on date,
  decommissioned_on date,
  CHECK (decommissioned_on >= commissioned_on),
  UNIQUE (manufacturer, serial_number)
);
COMMENT ON TABLE factory.assets IS 'Machines and other equipment: the work units of a line';
CREATE INDEX ON factory.assets (line_id);

CREATE TABLE production.product (
  product_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code <> ''),
  name text NOT NULL,
  unit text NOT NULL DEFAULT 'piece'
);
CREATE TABLE production.cycle (
  product_id integer NOT NULL REFERENCES production.product,
  asset_id integer NOT NULL REFERENCES factory.assets,
  seconds numeric NOT NULL CHECK (seconds > 0),
  PRIMARY KEY (product_id, asset_id)
);
COMMENT ON TABLE production.cycle IS 'Ideal time of an asset for one unit of a product';
CREATE TABLE production.work_order (
  work_order_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number text NOT NULL UNIQUE CHECK (number <> ''),
  product_id integer NOT NULL REFERENCES production.product,
  quantity numeric NOT NULL CHECK (quantity > 0),
  due_at timestamptz,
  status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'released', 'running', 'done', 'cancelled')),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE production.lot (
  lot_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number text NOT NULL UNIQUE CHECK (number <> ''),
  product_id integer NOT NULL REFERENCES production.product,
  work_order_id bigint REFERENCES production.work_order,
  quantity numeric CHECK (quantity >= 0),
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'quarantine', 'released', 'rejected', 'shipped')),
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE production.lot IS 'Batches and lots';
CREATE INDEX ON production.lot (work_order_id);
CREATE TABLE production.operation_run (
  run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lot_id bigint NOT NULL REFERENCES production.lot,
  asset_id integer NOT NULL REFERENCES factory.assets,
  during tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during)),
  good numeric NOT NULL DEFAULT 0 CHECK (good >= 0),
  scrap numeric NOT NULL DEFAULT 0 CHECK (scrap >= 0),
  operator text,
  EXCLUDE USING gist (asset_id WITH =, during WITH &&)
);
COMMENT ON TABLE production.operation_run IS 'What an asset worked on; one thing at a time';
CREATE INDEX ON production.operation_run (lot_id);
CREATE TABLE production.reason (
  code text PRIMARY KEY,
  description text NOT NULL,
  planned boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE production.reason IS 'Why an asset stands still; what is planned does not count against its availability';
CREATE TABLE production.downtime (
  downtime_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  asset_id integer NOT NULL REFERENCES factory.assets,
  during tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during)),
  reason text NOT NULL REFERENCES production.reason,
  note text,
  EXCLUDE USING gist (asset_id WITH =, during WITH &&)
);
CREATE TABLE production.shift (
  shift_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id integer NOT NULL REFERENCES factory.site,
  name text NOT NULL,
  during tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
  EXCLUDE USING gist (site_id WITH =, during WITH &&)
);
COMMENT ON TABLE production.shift IS 'When a site is meant to produce';
