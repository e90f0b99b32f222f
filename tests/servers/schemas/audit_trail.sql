SELECT plan(14);
CREATE FUNCTION pg_temp.next(source text, chain text, content jsonb) RETURNS boolean LANGUAGE sql AS $$
  SELECT trail.receive($1, $2, coalesce(head.seq, 0) + 1, now(), $3, coalesce(head.hash, '\x00'), sha256(coalesce(head.hash, '\x00') || convert_to($3::text, 'UTF8')))
  FROM (SELECT) AS one LEFT JOIN trail.head ON head.source = $1 AND head.chain = $2
$$;
SELECT ok(pg_temp.next('d', 'c', jsonb_build_object('n', n)), 'event ' || n || ' is taken') FROM generate_series(1, 4) AS n;
SELECT results_eq($$SELECT * FROM trail.verify('d', 'c')$$, 'VALUES (true, 4::bigint, NULL::bigint)', 'the chain is whole');
SELECT throws_like($$SELECT trail.receive('d', 'c', 5, now(), '{"n": 5}', '\x00', '\x00')$$, '%does not have the hash%', 'a hash is recomputed');
SELECT throws_like(
  $$SELECT trail.receive('d', 'c', 5, now(), '{"n": 5}', '\x00', sha256('\x00' || convert_to('{"n": 5}', 'UTF8')))$$, '%does not follow%', 'an event follows the last'
);
SELECT throws_like(
  $$SELECT trail.receive('d', 'c', 4, now(), '{"n": 5}', '\x00', sha256('\x00' || convert_to('{"n": 5}', 'UTF8')))$$, '%is not the one that came before%', 'and takes no other''s place'
);
SELECT throws_ok('DELETE FROM trail.event', '42501', NULL, 'nothing is deleted, not even by the superuser');
SELECT throws_ok('TRUNCATE trail.event', '42501', NULL, 'nor thrown away');
SELECT throws_ok(format('TRUNCATE %s', (SELECT max(partition::text) FROM upkeep.partitions('trail.event'))), '42501', NULL, 'nor is a partition');
SET session_replication_role = replica;
SELECT throws_ok('UPDATE trail.event SET seq = seq + 1', '42501', NULL, 'nor does a replica''s session change anything');
RESET session_replication_role;
ALTER TABLE trail.event DISABLE TRIGGER refuse_change;
UPDATE trail.event SET content = '{"n": 9}' WHERE seq = 3;
SELECT results_eq($$SELECT ok, first_bad FROM trail.verify('d', 'c')$$, 'VALUES (false, 3::bigint)', 'what the owner forges is seen');
DELETE FROM trail.event WHERE seq >= 3;
SELECT results_eq($$SELECT ok, first_bad FROM trail.verify('d', 'c')$$, 'VALUES (false, 3::bigint)', 'and what he cuts off');
SELECT * FROM finish();
