-- Electronic signatures. 21 CFR 11.50, 11.70, 11.100, 11.200, 11.300.
CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA public;
CREATE SCHEMA esign AUTHORIZATION audit_owner;
SET LOCAL ROLE audit_owner;
COMMENT ON SCHEMA esign IS 'Who signed which record, and with what meaning';

CREATE TABLE esign.credential (
  signer text PRIMARY KEY,
  printed_name text NOT NULL CHECK (printed_name <> ''),
  secret text NOT NULL,
  failed integer NOT NULL DEFAULT 0,
  locked boolean NOT NULL DEFAULT false,
  changed_at timestamptz NOT NULL DEFAULT now(),
  enrolled_at timestamptz NOT NULL DEFAULT now(),
  enrolled_by text NOT NULL DEFAULT session_user,
  revoked_at timestamptz
);
COMMENT ON TABLE esign.credential IS 'The second component of a signature, as a hash; the first is the login. A name is never given to another person';

CREATE TABLE esign.signature (
  signature_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  signer text NOT NULL REFERENCES esign.credential,
  printed_name text NOT NULL,
  meaning text NOT NULL CHECK (meaning IN ('authorship', 'review', 'approval', 'responsibility', 'verification')),
  rel text NOT NULL,
  pk jsonb NOT NULL,
  record_sha256 bytea NOT NULL
);
COMMENT ON TABLE esign.signature IS 'Printed name, time and meaning, linked to the record by its digest';
CREATE INDEX ON esign.signature USING gin (pk jsonb_path_ops);

CREATE TABLE esign.unsigned (
  rel text NOT NULL,
  attribute text NOT NULL,
  PRIMARY KEY (rel, attribute)
);
COMMENT ON TABLE esign.unsigned IS 'Columns that a signature says nothing of, because what follows from it is written there';

CREATE TABLE esign.attempt (
  attempt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  signer text NOT NULL,
  client inet DEFAULT inet_client_addr(),
  outcome text NOT NULL
);
COMMENT ON TABLE esign.attempt IS 'Attempts to sign that failed, and locks';
