SELECT plan(76);
CREATE ROLE worker IN ROLE production_data_writer, signer;
ALTER ROLE worker LOGIN;
CREATE ROLE boss LOGIN IN ROLE signer, document_approver, records_manager, production_data_reader;
CREATE ROLE chief LOGIN IN ROLE signature_manager, records_manager, auditor, privacy_officer;

-- The trail: who, what, why.
SET SESSION AUTHORIZATION worker;
SET app.actor = 'Ada';
INSERT INTO production.product (code, name) VALUES ('p', 'first');
SET app.reason = 'a better name';
UPDATE production.product SET name = 'second' WHERE code = 'p';
UPDATE production.product SET name = 'second' WHERE code = 'p';
SELECT throws_ok('SELECT * FROM audit.event', '42501', NULL, 'who writes does not read the trail');
SELECT throws_ok('DELETE FROM audit.event', '42501', NULL, 'nor delete it');
SELECT throws_ok('UPDATE audit.event SET reason = NULL', '42501', NULL, 'nor change it');
SELECT throws_ok('TRUNCATE audit.event', '42501', NULL, 'nor throw it away');
SELECT throws_ok($$INSERT INTO audit.event (chain, seq) VALUES ('x', 1)$$, '42501', NULL, 'nor add to it');
SELECT throws_ok($$SELECT audit.append('production.product', 'x', 'x', NULL, NULL, NULL)$$, '42501', NULL, 'not by its function either');
SELECT throws_ok('ALTER TABLE production.product DISABLE TRIGGER zz_audit', '42501', NULL, 'nor switch it off');
SELECT throws_ok('DROP TRIGGER zz_audit ON production.product', '42501', NULL, 'nor take it away');
SELECT throws_ok('SET session_replication_role = replica', '42501', NULL, 'nor pretend to be a replica');
SELECT throws_ok('DROP EVENT TRIGGER audit_drops', '42501', NULL, 'nor hide definitions');
SELECT throws_ok('TRUNCATE production.product CASCADE', '42501', NULL, 'nor empty what is watched');
RESET SESSION AUTHORIZATION;
SELECT results_eq(
  $$SELECT op, login, app_user, reason, pk ->> 'product_id' IS NOT NULL, old_row ->> 'name', new_row ->> 'name' FROM audit.event WHERE chain = 'production.product' AND new_row ->> 'code' = 'p' ORDER BY seq$$,
  $$VALUES ('INSERT', 'worker', 'Ada', NULL, true, NULL, 'first'), ('UPDATE', 'worker', 'Ada', 'a better name', true, 'first', 'second')$$, 'an event tells all of it; what changes nothing is none'
);
-- In a replica's session, too.
SET session_replication_role = replica;
UPDATE production.product SET name = 'third' WHERE code = 'p';
SELECT throws_ok('DELETE FROM audit.event', '42501', NULL, 'the superuser''s session of replication is refused as well');
SELECT throws_ok('UPDATE audit.event SET reason = NULL', '42501', NULL, 'in every way');
SELECT throws_ok('TRUNCATE audit.event', '42501', NULL, 'at every place');
SELECT throws_ok(format('TRUNCATE audit.%I', audit.month(now())), '42501', NULL, 'and in every partition');
RESET session_replication_role;
SELECT is((SELECT new_row ->> 'name' FROM audit.event WHERE chain = 'production.product' ORDER BY seq DESC LIMIT 1), 'third', 'and writes down what it changes');
UPDATE production.product SET name = name || '!' WHERE code = 'p';
SELECT ok(bool_and(ok), 'every chain is whole') FROM audit.verify_all();
SET timezone = 'Asia/Tokyo'; SET extra_float_digits = -5; SET datestyle = 'German'; SET bytea_output = 'escape'; SET intervalstyle = 'iso_8601';
SELECT ok(bool_and(ok), 'whatever a session has set') FROM audit.verify_all();
RESET ALL;
SELECT results_eq(
  $$SELECT count(*) FROM audit.export('production.product') WHERE hash <> sha256(prev_hash || convert_to(content::text, 'UTF8'))$$, 'VALUES (0::bigint)', 'a copy can be checked outside'
);

-- What an owner or superuser can do after all is found.
SAVEPOINT whole;
ALTER TABLE audit.event DISABLE TRIGGER refuse_change;
UPDATE audit.event SET reason = 'another' WHERE chain = 'production.product' AND seq = (SELECT max(seq) - 2 FROM audit.event WHERE chain = 'production.product');
SELECT results_eq($$SELECT ok, first_bad = (SELECT max(seq) - 2 FROM audit.event WHERE chain = 'production.product') FROM audit.verify('production.product')$$, 'VALUES (false, true)', 'a forged reason');
ROLLBACK TO whole;
ALTER TABLE audit.event DISABLE TRIGGER refuse_change;
UPDATE audit.event SET new_row = new_row || '{"name": "x"}', hash = sha256(prev_hash || convert_to('x', 'UTF8')) WHERE chain = 'production.product' AND seq = 1;
SELECT results_eq($$SELECT ok, first_bad FROM audit.verify('production.product')$$, 'VALUES (false, 1::bigint)', 'a forged hash');
ROLLBACK TO whole;
ALTER TABLE audit.event DISABLE TRIGGER refuse_change;
UPDATE audit.event SET reason = 'x' WHERE chain = 'production.product' AND seq = 1;
UPDATE audit.event SET hash = audit.digest(event) WHERE chain = 'production.product' AND seq = 1;
SELECT results_eq($$SELECT ok, first_bad FROM audit.verify('production.product')$$, 'VALUES (false, 2::bigint)', 'a hash that was made to fit: the next event knows the one before');
ROLLBACK TO whole;
ALTER TABLE audit.event DISABLE TRIGGER refuse_change;
DELETE FROM audit.event WHERE chain = 'production.product' AND seq = (SELECT max(seq) FROM audit.event WHERE chain = 'production.product');
SELECT results_eq($$SELECT ok, first_bad = (SELECT seq FROM audit.chain_head WHERE chain = 'production.product') FROM audit.verify('production.product')$$, 'VALUES (false, true)', 'a tail that is gone');
ROLLBACK TO whole;
ALTER TABLE audit.event DISABLE TRIGGER refuse_change;
DELETE FROM audit.event WHERE chain = 'production.product' AND seq = 1;
SELECT results_eq($$SELECT ok, first_bad FROM audit.verify('production.product')$$, 'VALUES (false, 2::bigint)', 'a head that is gone');
ROLLBACK TO whole;
DELETE FROM audit.chain_head WHERE chain = 'production.product';
SELECT results_eq($$SELECT ok FROM audit.verify('production.product')$$, 'VALUES (false)', 'a chain that nobody was to miss');
ROLLBACK TO whole;
SELECT format('DROP TABLE audit.%I', audit.month(now())) \gexec
SELECT results_eq($$SELECT ok, first_bad FROM audit.verify('production.product')$$, 'VALUES (false, 1::bigint)', 'a partition that was dropped');
ROLLBACK TO whole;
-- All of it rewritten: only an anchor outside knows.
CREATE TEMPORARY TABLE anchor AS SELECT * FROM audit.heads() WHERE chain = 'production.product';
SELECT ok(audit.matches(chain, seq, hash), 'an anchor fits') FROM anchor;
ALTER TABLE audit.event DISABLE TRIGGER refuse_change;
DO $$
DECLARE
  e audit.event;
  before bytea := sha256('production.product');
BEGIN
  FOR e IN SELECT * FROM audit.event WHERE chain = 'production.product' ORDER BY seq LOOP
    e.reason := 'rewritten'; e.prev_hash := before; e.hash := audit.digest(e); before := e.hash;
    UPDATE audit.event SET reason = e.reason, prev_hash = e.prev_hash, hash = e.hash WHERE chain = e.chain AND seq = e.seq;
  END LOOP;
  UPDATE audit.chain_head SET hash = before WHERE chain = 'production.product';
END $$;
SELECT ok(ok, 'a chain that was rewritten as a whole looks whole') FROM audit.verify('production.product');
SELECT ok(NOT audit.matches(chain, seq, hash), 'and does not fit the anchor') FROM anchor;
ROLLBACK TO whole;
-- Switching the trail off is an event itself.
ALTER TABLE production.product DISABLE TRIGGER zz_audit;
SELECT results_eq(
  $$SELECT op FROM audit.event WHERE chain = 'definitions' ORDER BY seq DESC LIMIT 2$$, $$VALUES ('AUDIT DISABLED'), ('ALTER TABLE')$$, 'a trigger that is switched off is told'
);
SELECT results_eq($$SELECT rel::text FROM audit.watched WHERE NOT watched$$, $$VALUES ('production.product')$$, 'and seen');
ROLLBACK TO whole;
TRUNCATE production.product CASCADE;
SELECT is((SELECT op FROM audit.event WHERE chain = 'production.product' ORDER BY seq DESC LIMIT 1), 'TRUNCATE', 'emptying a table is told');
ROLLBACK TO whole;
DROP TABLE production.shift CASCADE;
SELECT ok(EXISTS (SELECT FROM audit.event WHERE chain = 'definitions' AND op = 'DROP TABLE: table' AND rel = 'production.shift'), 'and so is a table that is dropped');
ROLLBACK TO whole;
CREATE TABLE production.keyless (n integer);
SELECT throws_like($$SELECT audit.attach('production.keyless')$$, '%has no primary key%', 'a table without a key is refused');

-- Signatures.
SET SESSION AUTHORIZATION chief;
SELECT esign.enroll('worker', 'Ada Worker', 'correct horse battery');
SELECT esign.enroll('boss', 'Bob Boss', 'another long secret');
SELECT throws_ok($$SELECT esign.enroll('worker', 'x', 'short')$$, '28P01', NULL, 'a secret is long');
SET SESSION AUTHORIZATION worker;
SELECT isnt(esign.sign('production.product', (SELECT jsonb_build_object('product_id', product_id) FROM production.product WHERE code = 'p'), 'authorship', 'correct horse battery'), NULL, 'a signature');
SELECT is(esign.sign('production.product', (SELECT jsonb_build_object('product_id', product_id) FROM production.product WHERE code = 'p'), 'authorship', 'wrong'), NULL, 'none with a wrong secret');
SELECT throws_like($$SELECT esign.sign('production.product', '{"code": "p"}', 'review', 'correct horse battery')$$, '%does not name the primary key%', 'a record is named by its key');
SELECT throws_ok($$SELECT esign.sign('esign.credential', '{"signer": "worker"}', 'review', 'correct horse battery')$$, '42501', NULL, 'nobody signs what he may not read');
SELECT throws_ok('SELECT secret FROM esign.credential', '42501', NULL, 'nobody reads secrets');
RESET SESSION AUTHORIZATION;
-- A policy is code of a table's owner, who would have it run as whoever reads the row.
CREATE TABLE production.trap (id integer PRIMARY KEY);
CREATE FUNCTION production.spring() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN DELETE FROM audit.chain_head; RETURN true; END';
CREATE POLICY trap ON production.trap USING (production.spring());
ALTER TABLE production.trap ENABLE ROW LEVEL SECURITY, OWNER TO worker;
INSERT INTO production.trap VALUES (1);
SET SESSION AUTHORIZATION worker;
SELECT throws_like($$SELECT esign.sign('production.trap', '{"id": 1}', 'review', 'correct horse battery')$$, '%record_handler may not read them', 'owners say whether rows may be signed');
GRANT SELECT ON production.trap TO record_handler;
SELECT throws_ok($$SELECT esign.sign('production.trap', '{"id": 1}', 'review', 'correct horse battery')$$, '42501', 'permission denied for schema audit', 'and their code does nothing while that is done');
RESET SESSION AUTHORIZATION;
SELECT results_eq($$SELECT printed_name, meaning, valid FROM esign.manifest$$, $$VALUES ('Ada Worker', 'authorship', true)$$, 'it shows name and meaning, and is valid');
UPDATE production.product SET name = 'changed' WHERE code = 'p';
SELECT results_eq($$SELECT valid FROM esign.manifest$$, 'VALUES (false)', 'until the record changes');
SELECT throws_ok('DELETE FROM esign.signature', '42501', NULL, 'a signature stays');
SET SESSION AUTHORIZATION worker;
SELECT esign.sign('production.product', (SELECT jsonb_build_object('product_id', product_id) FROM production.product WHERE code = 'p'), 'authorship', 'wrong') FROM generate_series(1, 4);
SELECT is(esign.sign('production.product', (SELECT jsonb_build_object('product_id', product_id) FROM production.product WHERE code = 'p'), 'authorship', 'correct horse battery'), NULL, 'five wrong secrets lock it');
SET SESSION AUTHORIZATION chief;
SELECT lives_ok($$SELECT esign.unlock('worker', 'a new long secret')$$, 'somebody else unlocks it');
SELECT results_eq($$SELECT outcome FROM esign.attempt ORDER BY attempt_id DESC LIMIT 3$$, $$VALUES ('unlocked by chief'), ('locked'), ('wrong secret; locked now')$$, 'and all of that is written down');

-- Reviews of rights.
SELECT lives_ok($$SELECT access.review('as it should be')$$, 'somebody looks at the rights');
SELECT is_empty('SELECT * FROM access.changed', 'nothing has changed since');
RESET SESSION AUTHORIZATION;
ALTER ROLE worker CONNECTION LIMIT 3;
SELECT results_eq('SELECT name FROM access.changed', $$VALUES ('worker')$$, 'what has is seen');

-- Documents.
SET SESSION AUTHORIZATION worker;
INSERT INTO documents.document VALUES ('SOP-1', 'How to', 'worker');
INSERT INTO documents.revision (doc_no, rev, sha256, uri) VALUES ('SOP-1', 1, repeat('a', 64), 's3://x');
UPDATE documents.revision SET status = 'in review';
SELECT throws_ok($$SELECT documents.approve('SOP-1', 1, current_date)$$, '42501', NULL, 'nobody approves what he wrote');
SET SESSION AUTHORIZATION boss;
SELECT throws_ok($$SELECT documents.approve('SOP-1', 1, current_date)$$, '42501', NULL, 'nor does anybody approve without signing');
SELECT lives_ok(
  $$SELECT documents.approve('SOP-1', 1, current_date, esign.sign('documents.revision', '{"doc_no": "SOP-1", "rev": 1}', 'approval', 'another long secret'))$$,
  'somebody else does'
);
RESET SESSION AUTHORIZATION;
SELECT results_eq($$SELECT signer, valid FROM esign.manifest WHERE rel = 'documents.revision'$$, $$VALUES ('boss', true)$$, 'and the signature holds');
SET SESSION AUTHORIZATION worker;
SELECT throws_ok($$UPDATE documents.revision SET uri = 's3://y'$$, '42501', NULL, 'what is approved stays as it is');
RESET SESSION AUTHORIZATION;

-- Genealogy.
INSERT INTO trace.link (parent, child) VALUES ('steel', 'blank'), ('blank', 'gear'), ('gear', 'box');
SELECT results_eq($$SELECT child, depth FROM trace.where_used('steel')$$, $$VALUES ('blank', 1), ('gear', 2), ('box', 3)$$, 'where a lot went');
SELECT throws_ok($$INSERT INTO trace.link (parent, child) VALUES ('box', 'steel')$$, '23514', NULL, 'nothing is made of itself');

-- Persons.
CREATE TABLE production.operator (id integer PRIMARY KEY, subject uuid NOT NULL, name text, badge bytea, kept_until date);
SELECT audit.attach('production.operator');
SET SESSION AUTHORIZATION chief;
SELECT throws_like($$SELECT privacy.register('production.operator', 'name', 'subject', 'name', 'redact')$$, '%record_handler may not read and change them', 'owners say whether rows may be erased');
RESET SESSION AUTHORIZATION;
GRANT SELECT, UPDATE ON production.operator TO record_handler;
SET SESSION AUTHORIZATION chief;
SELECT privacy.register('production.operator', 'name', 'subject', 'name', 'redact', 'tax law', 'kept_until');
SELECT privacy.register('production.operator', 'badge', 'subject', 'number', 'key');
RESET SESSION AUTHORIZATION;
INSERT INTO production.operator
SELECT n, ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'Carla ' || n, privacy.encrypt(('00000000-0000-0000-0000-00000000000' || n)::uuid, 'badge ' || n), CASE n WHEN 2 THEN current_date + 100 END
FROM generate_series(1, 2) AS n;
SELECT is((SELECT privacy.decrypt(subject, badge) FROM production.operator WHERE id = 1), 'badge 1', 'who may reads it');
SELECT is_empty($$SELECT * FROM audit.event WHERE new_row::text LIKE '%Carla%'$$, 'events do not tell of persons');
SET SESSION AUTHORIZATION chief;
SELECT is(privacy.export_subject('00000000-0000-0000-0000-000000000001') -> 'production.operator', '[{"name": "Carla 1", "badge": "badge 1"}]'::jsonb, 'a person gets what is known');
SELECT is(privacy.erase_subject('00000000-0000-0000-0000-000000000001', 'request 1') ->> 'key', 'destroyed', 'and has it erased');
SELECT is(privacy.erase_subject('00000000-0000-0000-0000-000000000002', 'request 2') -> 'production.operator.name' ->> 'why', 'tax law', 'unless a law keeps it');
RESET SESSION AUTHORIZATION;
SELECT throws_ok($$SELECT privacy.decrypt(subject, badge) FROM production.operator WHERE id = 1$$, 'P0002', NULL, 'what was erased nobody reads');
SELECT results_eq('SELECT name FROM production.operator ORDER BY id', $$VALUES ('[erased]'), ('Carla 2')$$, 'what was kept is there');
SELECT ok(bool_and(ok), 'and every chain is still whole') FROM audit.verify_all();

-- Retention and holds.
INSERT INTO pgchart.setting VALUES ('compliance.retentionYears', '2') ON CONFLICT (name) DO UPDATE SET value = '2';
SET SESSION AUTHORIZATION boss;
SELECT throws_ok(format($$SELECT records.purge(%L, records.checksum(%1$L))$$, current_date), '42501', NULL, 'events are kept as long as the rule says');
RESET SESSION AUTHORIZATION;
-- Three years ago.
SELECT audit.ensure_month(now() - interval '3 years');
DO $$
DECLARE
  e audit.event;
BEGIN
  e := ROW('old', 1, now() - interval '3 years', pg_current_xact_id(), 'x', NULL, NULL, NULL, NULL, 'old', 'INSERT', NULL, NULL, NULL, sha256('old'), '');
  e.hash := audit.digest(e);
  INSERT INTO audit.event SELECT e.*;
  INSERT INTO audit.chain_head VALUES ('old', 1, e.hash);
END $$;
SET SESSION AUTHORIZATION boss;
SELECT records.hold('audit.%', 'a law suit') AS hold \gset
SELECT throws_like($$SELECT records.purge((now() - interval '3 years')::date, records.checksum((now() - interval '3 years')::date))$$, '%under a legal hold%', 'a hold refuses a purge');
SELECT throws_like(format('SELECT records.release(%s, ''over'')', :hold), '%no hold%', 'whoever placed it does not release it');
SET SESSION AUTHORIZATION chief;
SELECT lives_ok(format('SELECT records.release(%s, ''over'')', :hold), 'somebody else does');
SET SESSION AUTHORIZATION boss;
SELECT throws_like($$SELECT records.purge((now() - interval '3 years')::date, 'x')$$, '%does not hold these events%', 'nothing goes without an archive');
SELECT is(records.purge((now() - interval '3 years')::date, records.checksum((now() - interval '3 years')::date)), 1::bigint, 'what is old enough and archived goes');
RESET SESSION AUTHORIZATION;
SELECT results_eq($$SELECT ok, events FROM audit.verify('old')$$, 'VALUES (true, 0::bigint)', 'and its chain is whole without it');
SELECT ok(bool_and(ok), 'as is every other') FROM audit.verify_all();
SELECT * FROM finish();
