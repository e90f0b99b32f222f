-- The central copy of what happened in other databases: rows are added, never changed.
SET LOCAL ROLE :owner;
CREATE SCHEMA trail;
COMMENT ON SCHEMA trail IS 'What happened in other databases, and the anchors of their chains';

CREATE TABLE trail.event (
  source text NOT NULL,
  chain text NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  at timestamptz NOT NULL,
  content jsonb NOT NULL,
  prev_hash bytea NOT NULL,
  hash bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  received_from text NOT NULL DEFAULT session_user,
  PRIMARY KEY (source, chain, seq, at)
) PARTITION BY RANGE (at);
COMMENT ON TABLE trail.event IS 'Events; content is what their hash was made of, with the hash before';
CREATE INDEX ON trail.event (at);

CREATE TABLE trail.head (
  source text NOT NULL,
  chain text NOT NULL,
  first_seq bigint NOT NULL,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (source, chain)
);
COMMENT ON TABLE trail.head IS 'The first and the last event of each chain';

CREATE TABLE trail.anchor (
  source text NOT NULL,
  chain text NOT NULL,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  anchored_at timestamptz NOT NULL DEFAULT now(),
  received_from text NOT NULL DEFAULT session_user,
  PRIMARY KEY (source, chain, seq, anchored_at)
);
COMMENT ON TABLE trail.anchor IS 'What the heads of chains were at a time';

INSERT INTO upkeep.series (schema_name, table_name, step, behind, ahead, retention)
VALUES ('trail', 'event', interval '1 month', 2, 3, 'auditTrail.retentionDays');
