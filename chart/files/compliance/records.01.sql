-- How long records are kept, and what nobody may throw away. 21 CFR 11.10(c), ISO 9001 7.5.3.
CREATE SCHEMA records AUTHORIZATION audit_owner;
SET LOCAL ROLE audit_owner;
COMMENT ON SCHEMA records IS 'Retention and legal holds';
CREATE TABLE records.legal_hold (
  hold_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scope text NOT NULL CHECK (scope <> ''),
  reason text NOT NULL CHECK (reason <> ''),
  placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  placed_by text NOT NULL DEFAULT session_user,
  released_at timestamptz,
  released_by text,
  CHECK ((released_at IS NULL) = (released_by IS NULL))
);
COMMENT ON TABLE records.legal_hold IS 'What has to be kept whatever retention says';
COMMENT ON COLUMN records.legal_hold.scope IS 'A table such as scada.reading or audit.event, a pattern such as quality.%, or % for everything';
