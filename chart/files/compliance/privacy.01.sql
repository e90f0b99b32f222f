-- Data of persons. GDPR articles 5 to 7, 15 to 21, 30.
CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA public;
CREATE SCHEMA privacy AUTHORIZATION privacy_owner;
SET LOCAL ROLE privacy_owner;
COMMENT ON SCHEMA privacy IS 'Consent, requests, and which columns tell of persons';

CREATE TABLE privacy.subject_key (
  subject uuid PRIMARY KEY,
  key bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  destroyed_at timestamptz,
  CHECK ((key IS NULL) = (destroyed_at IS NOT NULL))
);
COMMENT ON TABLE privacy.subject_key IS 'A key for each person: without it nobody reads what was encrypted with it, in backups either once they have no key any more';

CREATE TABLE privacy.consent (
  consent_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject uuid NOT NULL,
  purpose text NOT NULL CHECK (purpose <> ''),
  basis text NOT NULL CHECK (basis IN ('consent', 'contract', 'legal obligation', 'vital interests', 'public task', 'legitimate interests')),
  granted_at timestamptz NOT NULL DEFAULT now(),
  withdrawn_at timestamptz,
  evidence text,
  CHECK (withdrawn_at >= granted_at),
  CHECK (basis <> 'consent' OR evidence IS NOT NULL)
);
COMMENT ON TABLE privacy.consent IS 'On which basis data of a person are used (Art. 6), and for what';
CREATE UNIQUE INDEX ON privacy.consent (subject, purpose) WHERE withdrawn_at IS NULL;

CREATE TABLE privacy.pii (
  schema_name name NOT NULL,
  table_name name NOT NULL,
  column_name name NOT NULL,
  subject_column name NOT NULL,
  category text NOT NULL,
  strategy text NOT NULL CHECK (strategy IN ('null', 'redact', 'hash', 'key')),
  obligation text,
  kept_until_column name,
  PRIMARY KEY (schema_name, table_name, column_name)
);
COMMENT ON TABLE privacy.pii IS 'Columns that tell of persons, and what an erasure does to them; `key` destroys the key that they are encrypted with';
COMMENT ON COLUMN privacy.pii.obligation IS 'The law that rows are kept for until the date in kept_until_column (Art. 17(3)(b))';

CREATE TABLE privacy.request (
  request_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('access', 'erasure', 'rectification', 'restriction', 'portability', 'objection')),
  received_at timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz NOT NULL GENERATED ALWAYS AS ((received_at AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC') STORED,
  done_at timestamptz,
  outcome jsonb,
  CHECK ((done_at IS NULL) = (outcome IS NULL))
);
COMMENT ON TABLE privacy.request IS 'What persons have asked for; a month for the answer (Art. 12(3))';
