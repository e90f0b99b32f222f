-- Documents and their revisions. ISO 9001 7.5, 21 CFR 11.10(k).
CREATE SCHEMA documents AUTHORIZATION audit_owner;
SET LOCAL ROLE audit_owner;
COMMENT ON SCHEMA documents IS 'Which revision of a document holds';
CREATE TABLE documents.document (
  doc_no text PRIMARY KEY CHECK (doc_no <> ''),
  title text NOT NULL,
  owner text NOT NULL
);
CREATE TABLE documents.revision (
  doc_no text NOT NULL REFERENCES documents.document,
  rev integer NOT NULL CHECK (rev > 0),
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'in review', 'approved', 'obsolete')),
  author text NOT NULL DEFAULT session_user,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  uri text NOT NULL,
  effective_from date,
  approved_by text,
  approved_at timestamptz,
  signature_id bigint,
  PRIMARY KEY (doc_no, rev),
  CHECK (status IN ('draft', 'in review') OR approved_by IS NOT NULL AND approved_at IS NOT NULL AND effective_from IS NOT NULL),
  -- Nobody approves what he wrote.
  CHECK (approved_by <> author)
);
CREATE UNIQUE INDEX revision_that_holds ON documents.revision (doc_no) WHERE status = 'approved';
COMMENT ON TABLE documents.revision IS 'Revisions with the digest of the file; one of them holds';
