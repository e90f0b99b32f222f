-- Every function here runs as audit_owner, whom nobody can log in as, and looks names up in pg_catalog alone. Rows are read and changed as
-- record_handler: casts, policies, checks and triggers of a table are code of its owner, and would run as whoever looks. That role has
-- the rights that it is granted on tables, and defines nothing.
CREATE OR REPLACE FUNCTION audit.as_json(value anyelement) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  result jsonb := pg_catalog.to_jsonb(value);
BEGIN
  -- A setting that this code has changed would outlive it.
  IF pg_catalog.current_setting('search_path') OPERATOR(pg_catalog.<>) 'pg_catalog, pg_temp' THEN
    RAISE 'a row sets search_path when it is read' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN result;
END
$$;
CREATE OR REPLACE FUNCTION audit.handle(statement text, subject uuid DEFAULT NULL, held boolean DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  result jsonb;
BEGIN
  EXECUTE statement INTO result USING subject, held;
  IF pg_catalog.current_setting('search_path') OPERATOR(pg_catalog.<>) 'pg_catalog, pg_temp' THEN
    RAISE 'a row sets search_path when it is read or changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN result;
END
$$;
REVOKE ALL ON FUNCTION audit.as_json(anyelement), audit.handle(text, uuid, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.as_json(anyelement), audit.handle(text, uuid, boolean) TO audit_owner;
ALTER FUNCTION audit.as_json(anyelement) OWNER TO record_handler;
ALTER FUNCTION audit.handle(text, uuid, boolean) OWNER TO record_handler;

CREATE OR REPLACE FUNCTION audit.refuse_definition() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF current_user OPERATOR(pg_catalog.=) 'record_handler' THEN
    RAISE '% is refused while rows are read or changed for the trail', tg_tag USING ERRCODE = 'insufficient_privilege';
  END IF;
END
$$;
SELECT 'CREATE EVENT TRIGGER audit_refuses ON ddl_command_start EXECUTE FUNCTION audit.refuse_definition()'
WHERE NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'audit_refuses') \gexec
ALTER EVENT TRIGGER audit_refuses ENABLE ALWAYS;
SET LOCAL ROLE audit_owner;

-- Where to_regclass would need a right to the schema.
CREATE OR REPLACE FUNCTION audit.find(rel text) RETURNS regclass
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT pg_class.oid FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE nspname = (parse_ident($1))[1] AND relname = (parse_ident($1))[2]
$$;

CREATE OR REPLACE FUNCTION audit.refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE '% of %.% is refused: rows are added here, never changed', tg_op, tg_table_schema, tg_table_name USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE FUNCTION audit.guard(rel regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- Row triggers are inherited by partitions, those for TRUNCATE are not.
  IF NOT (SELECT relispartition FROM pg_class WHERE oid = rel) THEN
    EXECUTE format('CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION audit.refuse()', rel);
  END IF;
  EXECUTE format('CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse()', rel);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate', rel);
END
$$;
COMMENT ON FUNCTION audit.guard(regclass) IS 'Makes a table one that rows are only added to, even in sessions of replication';
SELECT audit.guard('audit.event'), audit.guard('audit.archived') \g /dev/null

CREATE OR REPLACE FUNCTION audit.month(at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT 'event_' || to_char(at AT TIME ZONE 'UTC', 'YYYYMM') $$;

CREATE OR REPLACE FUNCTION audit.ensure_month(at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET client_min_messages = warning
AS $$
DECLARE
  name constant text := audit.month(at);
  first constant timestamptz := date_trunc('month', at);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('audit.event'));
  IF to_regclass('audit.' || name) IS NOT NULL THEN
    RETURN 0;
  END IF;
  -- In one command: that it was made is an event itself, which needs a partition.
  EXECUTE format('CREATE TABLE audit.%I PARTITION OF audit.event FOR VALUES FROM (%L) TO (%L)', name, first, first + interval '1 month');
  PERFORM audit.guard(format('audit.%I', name)::regclass);
  RETURN 1;
END
$$;

CREATE OR REPLACE FUNCTION audit.ensure() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT sum(audit.ensure_month(now() + n * interval '1 month')) FROM generate_series(0, 2) AS n $$;
COMMENT ON FUNCTION audit.ensure() IS 'Makes the partitions of the next months; an event whose month is missing makes it, too';
SELECT audit.ensure() \g /dev/null

-- The same text for the same event whatever a session has set: dates, numbers and bytes are pinned.
CREATE OR REPLACE FUNCTION audit.content(event audit.event) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex'
AS $$ SELECT to_jsonb(event) - 'prev_hash' - 'hash' $$;
COMMENT ON FUNCTION audit.content(audit.event) IS 'What an event''s hash is made of, besides the hash before';

CREATE OR REPLACE FUNCTION audit.digest(event audit.event) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT sha256(event.prev_hash || convert_to(audit.content(event)::text, 'UTF8')) $$;

CREATE OR REPLACE FUNCTION audit.append(chain text, rel text, op text, pk jsonb, old_row jsonb, new_row jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  head audit.chain_head;
  event audit.event;
BEGIN
  SELECT * INTO head FROM audit.chain_head WHERE chain_head.chain = append.chain FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO audit.chain_head VALUES (append.chain, 0, sha256(convert_to(append.chain, 'UTF8'))) ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM audit.chain_head WHERE chain_head.chain = append.chain FOR UPDATE;
  END IF;
  event := ROW(
    append.chain, head.seq + 1, clock_timestamp(), pg_current_xact_id(), session_user,
    nullif(current_setting('app.actor', true), ''), nullif(current_setting('app.reason', true), ''),
    inet_client_addr(), nullif(current_setting('application_name'), ''), append.rel, append.op, append.pk, append.old_row, append.new_row,
    head.hash, ''
  );
  event.hash := audit.digest(event);
  IF to_regclass('audit.' || audit.month(event.at)) IS NULL THEN
    PERFORM audit.ensure_month(event.at);
  END IF;
  INSERT INTO audit.event SELECT event.*;
  UPDATE audit.chain_head SET seq = event.seq, hash = event.hash WHERE chain_head.chain = append.chain;
END
$$;

-- Arguments of the trigger are the columns of the primary key.
CREATE OR REPLACE FUNCTION audit.record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex'
AS $$
DECLARE
  name constant text := format('%I.%I', tg_table_schema, tg_table_name);
  before jsonb;
  after jsonb;
  pk jsonb := '{}';
  attribute text;
BEGIN
  IF tg_op = 'TRUNCATE' THEN
    PERFORM audit.append(name, name, tg_op, NULL, NULL, NULL);
    RETURN NULL;
  END IF;
  IF tg_op <> 'INSERT' THEN
    before := audit.as_json(old);
  END IF;
  IF tg_op <> 'DELETE' THEN
    after := audit.as_json(new);
  END IF;
  IF before = after THEN
    RETURN NULL;
  END IF;
  IF (SELECT value = 'true' FROM pgchart.setting WHERE setting.name = 'compliance.reasonRequired')
    AND nullif(current_setting('app.reason', true), '') IS NULL AND tg_op <> 'INSERT' THEN
    RAISE '% of % needs a reason', tg_op, name USING ERRCODE = 'insufficient_privilege', HINT = 'SET app.reason = ''…'' first';
  END IF;
  FOREACH attribute IN ARRAY tg_argv LOOP
    pk := pk || jsonb_build_object(attribute, coalesce(after, before) -> attribute);
  END LOOP;
  FOR attribute IN SELECT masked.attribute FROM audit.masked WHERE rel = name LOOP
    -- That it changed is told, not what it was.
    IF before -> attribute IS DISTINCT FROM after -> attribute AND tg_op = 'UPDATE' THEN
      after := jsonb_set(after, ARRAY[attribute], '"(changed)"');
    ELSE
      after := after - attribute;
    END IF;
    before := before - attribute;
  END LOOP;
  PERFORM audit.append(name, name, tg_op, pk, before, after);
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION audit.attach(rel regclass) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  keys text;
BEGIN
  IF (SELECT relkind <> 'r' OR relispartition FROM pg_class WHERE oid = rel) THEN
    RAISE '% is no plain table', rel USING HINT = 'time series are kept by retention, not row by row';
  END IF;
  SELECT string_agg(quote_literal(attname), ', ' ORDER BY array_position(indkey::smallint[], attnum)) INTO keys
  FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
  WHERE indrelid = rel AND indisprimary;
  IF keys IS NULL THEN
    RAISE '% has no primary key: nobody could tell which of its rows an event is about', rel;
  END IF;
  IF (SELECT count(*) = 2 FROM pg_trigger WHERE tgrelid = rel AND tgfoid = 'audit.record'::regproc AND tgenabled = 'A') THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE OR REPLACE TRIGGER zz_audit AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION audit.record(%s)', rel, keys);
  EXECUTE format('CREATE OR REPLACE TRIGGER zz_audit_truncate AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION audit.record()', rel);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER zz_audit, ENABLE ALWAYS TRIGGER zz_audit_truncate', rel);
  RETURN true;
END
$$;
COMMENT ON FUNCTION audit.attach(regclass) IS 'Has every change of a table written down; for its owner to call';

CREATE OR REPLACE VIEW audit.watched AS
SELECT tgrelid::regclass AS rel, bool_and(tgenabled = 'A') AND count(*) = 2 AS watched
FROM pg_trigger WHERE tgfoid = to_regproc('audit.record')
GROUP BY tgrelid;
COMMENT ON VIEW audit.watched IS 'Tables whose changes are written down, and whether they still are';

CREATE OR REPLACE FUNCTION audit.verify(chain text)
RETURNS TABLE (ok boolean, events bigint, first_bad bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH beginning AS (
    SELECT coalesce(max(seq), 0) AS seq,
      coalesce((SELECT hash FROM audit.archived WHERE archived.chain = $1 ORDER BY seq DESC LIMIT 1), sha256(convert_to($1, 'UTF8'))) AS hash
    FROM audit.archived WHERE archived.chain = $1
  ), checked AS (
    SELECT event.seq, event.hash,
      event.hash = audit.digest(event)
        AND event.prev_hash = lag(event.hash, 1, (SELECT hash FROM beginning)) OVER (ORDER BY event.seq)
        AND event.seq = lag(event.seq, 1, (SELECT seq FROM beginning)) OVER (ORDER BY event.seq) + 1 AS good
    FROM audit.event WHERE event.chain = $1
  ), summed AS (
    SELECT count(*) AS events, min(seq) FILTER (WHERE NOT good) AS first_bad, coalesce(max(seq), (SELECT seq FROM beginning)) AS last FROM checked
  )
  SELECT
    summed.first_bad IS NULL
      AND coalesce(head.seq = summed.last AND head.hash = coalesce(checked.hash, (SELECT hash FROM beginning)), summed.last = 0 AND head.seq IS NULL),
    summed.events,
    coalesce(summed.first_bad, CASE
      WHEN head.seq IS DISTINCT FROM nullif(summed.last, 0) AND coalesce(head.seq, 0) <> summed.last THEN least(coalesce(head.seq, summed.last), summed.last) + 1
      WHEN head.hash <> coalesce(checked.hash, (SELECT hash FROM beginning)) THEN summed.last
    END)
  FROM summed
  LEFT JOIN checked ON checked.seq = summed.last
  LEFT JOIN audit.chain_head AS head ON head.chain = $1
$$;
COMMENT ON FUNCTION audit.verify(text) IS 'Whether a chain is whole: how many events are here, and the first that is wrong or missing';

CREATE OR REPLACE FUNCTION audit.verify_all()
RETURNS TABLE (chain text, ok boolean, events bigint, first_bad bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT known.chain, verified.* FROM (SELECT chain_head.chain FROM audit.chain_head UNION SELECT event.chain FROM audit.event) AS known,
    audit.verify(known.chain) AS verified
  ORDER BY 1
$$;
COMMENT ON FUNCTION audit.verify_all() IS 'The same for every chain';

-- What an anchor says of a chain must still be true.
CREATE OR REPLACE FUNCTION audit.matches(chain text, seq bigint, hash bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
    WHEN $2 = 0 THEN true
    WHEN EXISTS (SELECT FROM audit.archived WHERE archived.chain = $1 AND archived.seq > $2) THEN true
    ELSE coalesce((SELECT event.hash = $3 FROM audit.event WHERE event.chain = $1 AND event.seq = $2), (SELECT archived.hash = $3 FROM audit.archived WHERE archived.chain = $1 AND archived.seq = $2), false)
  END
$$;
COMMENT ON FUNCTION audit.matches(text, bigint, bytea) IS 'Whether a chain still has the event that an anchor names, or was archived beyond it';

CREATE OR REPLACE FUNCTION audit.heads() RETURNS TABLE (chain text, seq bigint, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT chain_head.chain, chain_head.seq, chain_head.hash FROM audit.chain_head ORDER BY 1 $$;
COMMENT ON FUNCTION audit.heads() IS 'The last event of each chain, for anchors';

CREATE OR REPLACE FUNCTION audit.export(chain text, from_time timestamptz DEFAULT '-infinity', to_time timestamptz DEFAULT 'infinity')
RETURNS TABLE (seq bigint, at timestamptz, content jsonb, prev_hash bytea, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT event.seq, event.at, audit.content(event), event.prev_hash, event.hash FROM audit.event
  WHERE event.chain = $1 AND event.at >= from_time AND event.at < to_time
  ORDER BY event.seq
$$;
COMMENT ON FUNCTION audit.export(text, timestamptz, timestamptz) IS 'A copy that can be checked anywhere: hash = sha256(prev_hash, content as UTF-8)';

CREATE OR REPLACE FUNCTION audit.export_after(chain text, after bigint, most integer)
RETURNS TABLE (seq bigint, at timestamptz, content jsonb, prev_hash bytea, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT event.seq, event.at, audit.content(event), event.prev_hash, event.hash FROM audit.event
  WHERE event.chain = $1 AND event.seq > $2
  ORDER BY event.seq LIMIT $3
$$;
COMMENT ON FUNCTION audit.export_after(text, bigint, integer) IS 'The next events of a chain, for a copy that follows';

-- Definitions are a chain of their own. The triggers are the superuser's; the function only writes.
CREATE OR REPLACE FUNCTION audit.record_definition() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  change record;
BEGIN
  IF tg_event = 'sql_drop' THEN
    FOR change IN
      SELECT DISTINCT object_type, object_identity FROM pg_event_trigger_dropped_objects() WHERE (original OR normal) AND NOT is_temporary
    LOOP
      PERFORM audit.append('definitions', change.object_identity, tg_tag || ': ' || change.object_type, NULL, NULL, NULL);
    END LOOP;
    RETURN;
  END IF;
  FOR change IN
    SELECT command_tag, object_type, object_identity, classid, objid FROM pg_event_trigger_ddl_commands()
    WHERE NOT in_extension AND coalesce(schema_name, '') !~ '^pg_temp'
  LOOP
    PERFORM audit.append('definitions', coalesce(change.object_identity, change.object_type, ''), change.command_tag, NULL, NULL, NULL);
    IF change.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM audit.watched WHERE rel = change.objid AND NOT watched) THEN
      PERFORM audit.append('definitions', change.object_identity, 'AUDIT DISABLED', NULL, NULL, NULL);
      RAISE WARNING 'changes of % are not written down any more', change.object_identity;
    END IF;
  END LOOP;
END
$$;

SELECT format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', pg_proc.oid::regprocedure)
FROM pg_proc WHERE pronamespace = 'audit'::regnamespace AND proowner = 'audit_owner'::regrole ORDER BY 1 \gexec
GRANT USAGE ON SCHEMA audit TO auditor, :owner;
GRANT SELECT ON ALL TABLES IN SCHEMA audit TO auditor;
GRANT EXECUTE ON FUNCTION
  audit.verify(text), audit.verify_all(), audit.matches(text, bigint, bytea), audit.heads(), audit.export(text, timestamptz, timestamptz),
  audit.export_after(text, bigint, integer)
TO auditor;
-- Owners have their tables watched; what is written down they can neither read nor change.
GRANT EXECUTE ON FUNCTION audit.attach(regclass), audit.record(), audit.ensure() TO :owner;
RESET ROLE;

SELECT 'CREATE EVENT TRIGGER audit_definitions ON ddl_command_end EXECUTE FUNCTION audit.record_definition()'
WHERE NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'audit_definitions') \gexec
SELECT 'CREATE EVENT TRIGGER audit_drops ON sql_drop EXECUTE FUNCTION audit.record_definition()'
WHERE NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'audit_drops') \gexec
ALTER EVENT TRIGGER audit_definitions ENABLE ALWAYS;
ALTER EVENT TRIGGER audit_drops ENABLE ALWAYS;
