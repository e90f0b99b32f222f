-- A revision that was approved stays as it is, until the next one takes its place.
SET LOCAL ROLE audit_owner;

CREATE OR REPLACE FUNCTION documents.keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF tg_op = 'DELETE' AND old.status IN ('draft', 'in review') THEN
    RETURN old;
  END IF;
  IF tg_op = 'DELETE' OR old.status = 'obsolete'
    OR old.status = 'approved' AND (new.status <> 'obsolete' OR to_jsonb(new) - 'status' <> to_jsonb(old) - 'status') THEN
    RAISE 'revision % of % is % and stays as it is', old.rev, old.doc_no, old.status USING ERRCODE = 'insufficient_privilege', HINT = 'make a new revision';
  END IF;
  IF new.status = 'approved' AND current_user <> 'audit_owner' THEN
    RAISE 'a revision is approved by documents.approve' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN new;
END
$$;
CREATE OR REPLACE TRIGGER keep BEFORE UPDATE OR DELETE ON documents.revision FOR EACH ROW EXECUTE FUNCTION documents.keep();
ALTER TABLE documents.revision ENABLE ALWAYS TRIGGER keep;
SELECT audit.attach('documents.document'), audit.attach('documents.revision') \g /dev/null

-- The approval is written into the row that was signed.
DO $$BEGIN
  IF to_regclass('esign.unsigned') IS NOT NULL THEN
    INSERT INTO esign.unsigned
    SELECT 'documents.revision', unnest(ARRAY['status', 'effective_from', 'approved_by', 'approved_at', 'signature_id'])
    ON CONFLICT DO NOTHING;
  END IF;
END$$;

CREATE OR REPLACE FUNCTION documents.approve(doc_no text, rev integer, effective_from date, signature bigint DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  signed boolean;
BEGIN
  IF signature IS NOT NULL THEN
    EXECUTE $q$SELECT esign.is_valid(signature_id) FROM esign.signature
      WHERE signature_id = $1 AND signer = session_user AND meaning = 'approval' AND rel = 'documents.revision' AND pk = jsonb_build_object('doc_no', $2, 'rev', $3)$q$
    INTO signed USING signature, approve.doc_no, approve.rev;
    IF signed IS NOT TRUE THEN
      RAISE 'signature % is no approval of this revision by you', signature USING ERRCODE = 'insufficient_privilege';
    END IF;
  ELSIF (SELECT value = 'true' FROM pgchart.setting WHERE name = 'compliance.signedApprovals') THEN
    RAISE 'an approval needs a signature' USING ERRCODE = 'insufficient_privilege', HINT = 'esign.sign(''documents.revision'', …, ''approval'', …)';
  END IF;
  UPDATE documents.revision SET status = 'obsolete' WHERE revision.doc_no = approve.doc_no AND status = 'approved';
  UPDATE documents.revision
  SET status = 'approved', approved_by = session_user, approved_at = clock_timestamp(), effective_from = approve.effective_from, signature_id = signature
  WHERE revision.doc_no = approve.doc_no AND revision.rev = approve.rev AND status = 'in review';
  IF NOT FOUND THEN
    RAISE 'revision % of % is not in review', approve.rev, approve.doc_no;
  END IF;
END
$$;
COMMENT ON FUNCTION documents.approve(text, integer, date, bigint) IS 'Makes a revision the one that holds, and the one before obsolete';

CREATE OR REPLACE VIEW documents.current AS
SELECT document.doc_no, document.title, revision.rev, revision.effective_from, revision.uri, revision.sha256, revision.approved_by
FROM documents.document JOIN documents.revision USING (doc_no)
WHERE revision.status = 'approved' AND revision.effective_from <= current_date;
COMMENT ON VIEW documents.current IS 'What holds today';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA documents FROM PUBLIC;
GRANT USAGE ON SCHEMA documents TO :reader, :writer, auditor, document_approver;
GRANT SELECT ON ALL TABLES IN SCHEMA documents TO :reader, :writer, auditor, document_approver;
GRANT INSERT ON documents.document TO :writer;
GRANT INSERT (doc_no, rev, sha256, uri) ON documents.revision TO :writer;
GRANT UPDATE (status, sha256, uri) ON documents.revision TO :writer;
GRANT EXECUTE ON FUNCTION documents.approve(text, integer, date, bigint) TO document_approver;
