-- What happened in this database: one chain of events for each table, each event with the hash of the one before.
CREATE SCHEMA audit AUTHORIZATION audit_owner;
SET LOCAL ROLE audit_owner;
COMMENT ON SCHEMA audit IS 'What happened in this database: added to, never changed';

CREATE TABLE audit.event (
  chain text NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  at timestamptz NOT NULL,
  xid xid8 NOT NULL,
  login text NOT NULL,
  app_user text,
  reason text,
  client inet,
  app text,
  rel text NOT NULL,
  op text NOT NULL,
  pk jsonb,
  old_row jsonb,
  new_row jsonb,
  prev_hash bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (chain, seq, at)
) PARTITION BY RANGE (at);
COMMENT ON TABLE audit.event IS 'Who did what when, and why if he said so; a month to each partition';
COMMENT ON COLUMN audit.event.login IS 'The role that logged in, whatever it became later';
COMMENT ON COLUMN audit.event.app_user IS 'Setting app.actor: whom the application acted for';
COMMENT ON COLUMN audit.event.reason IS 'Setting app.reason';
CREATE INDEX ON audit.event (at);
CREATE INDEX ON audit.event USING gin (pk jsonb_path_ops);

CREATE TABLE audit.chain_head (
  chain text PRIMARY KEY,
  seq bigint NOT NULL,
  hash bytea NOT NULL
);
COMMENT ON TABLE audit.chain_head IS 'The last event of each chain: without it, nobody would miss the last events';

CREATE TABLE audit.archived (
  chain text NOT NULL,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  checksum text NOT NULL,
  archived_at timestamptz NOT NULL DEFAULT now(),
  archived_by text NOT NULL DEFAULT session_user,
  PRIMARY KEY (chain, seq)
);
COMMENT ON TABLE audit.archived IS 'Up to where a chain was archived and dropped here, and the checksum of what its archive holds';

CREATE TABLE audit.masked (
  rel text NOT NULL,
  attribute text NOT NULL,
  PRIMARY KEY (rel, attribute)
);
COMMENT ON TABLE audit.masked IS 'Columns that are left out of events, because they tell of persons';
