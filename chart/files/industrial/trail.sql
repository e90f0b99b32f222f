-- Events come in through one function, in the order of their chain; nothing else adds any, and nothing changes one.
SET LOCAL ROLE :owner;

CREATE OR REPLACE FUNCTION trail.refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE '% of %.% is refused: rows are added here, never changed', tg_op, tg_table_schema, tg_table_name USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON trail.event FOR EACH ROW EXECUTE FUNCTION trail.refuse();
CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON trail.event FOR EACH STATEMENT EXECUTE FUNCTION trail.refuse();
ALTER TABLE trail.event ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate;
CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON trail.anchor FOR EACH ROW EXECUTE FUNCTION trail.refuse();
CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON trail.anchor FOR EACH STATEMENT EXECUTE FUNCTION trail.refuse();
ALTER TABLE trail.anchor ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate;

-- The same event may come twice; another one in its place may not.
CREATE OR REPLACE FUNCTION trail.receive(source text, chain text, seq bigint, at timestamptz, content jsonb, prev_hash bytea, hash bytea)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  last trail.head;
  known bytea;
BEGIN
  IF sha256(receive.prev_hash || convert_to(receive.content::text, 'UTF8')) <> receive.hash THEN
    RAISE 'event % of chain % of % does not have the hash that it says', receive.seq, receive.chain, receive.source;
  END IF;
  -- Of what was archived at the source before, nothing comes.
  INSERT INTO trail.head VALUES (receive.source, receive.chain, receive.seq, receive.seq - 1, receive.prev_hash) ON CONFLICT DO NOTHING;
  SELECT * INTO last FROM trail.head WHERE head.source = receive.source AND head.chain = receive.chain FOR UPDATE;
  IF receive.seq <= last.seq THEN
    SELECT event.hash INTO known FROM trail.event
    WHERE event.source = receive.source AND event.chain = receive.chain AND event.seq = receive.seq;
    IF known IS DISTINCT FROM receive.hash THEN
      RAISE 'event % of chain % of % is not the one that came before', receive.seq, receive.chain, receive.source
        USING HINT = 'the chain was rewritten at its source';
    END IF;
    RETURN false;
  END IF;
  IF receive.seq <> last.seq + 1 OR receive.prev_hash <> last.hash THEN
    RAISE 'event % of chain % of % does not follow event %', receive.seq, receive.chain, receive.source, last.seq
      USING HINT = 'send what is between them first; if there is nothing, events were removed at the source';
  END IF;
  PERFORM upkeep.ensure_partitions('trail.event', interval '1 month', receive.at, receive.at + interval '1 second');
  INSERT INTO trail.event (source, chain, seq, at, content, prev_hash, hash)
  VALUES (receive.source, receive.chain, receive.seq, receive.at, receive.content, receive.prev_hash, receive.hash);
  UPDATE trail.head SET seq = receive.seq, hash = receive.hash WHERE head.source = receive.source AND head.chain = receive.chain;
  RETURN true;
END
$$;
COMMENT ON FUNCTION trail.receive(text, text, bigint, timestamptz, jsonb, bytea, bytea)
  IS 'Takes the next event of a chain; false when it was there already';

CREATE OR REPLACE FUNCTION trail.verify(source text, chain text)
RETURNS TABLE (ok boolean, events bigint, first_bad bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
  WITH checked AS (
    SELECT event.seq, event.hash,
      sha256(event.prev_hash || convert_to(event.content::text, 'UTF8')) = event.hash
        AND event.prev_hash = lag(event.hash, 1, event.prev_hash) OVER (ORDER BY event.seq)
        AND event.seq = lag(event.seq, 1, event.seq - 1) OVER (ORDER BY event.seq) + 1 AS good
    FROM trail.event WHERE event.source = $1 AND event.chain = $2
  ), summed AS (
    SELECT count(*) AS events, min(seq) FILTER (WHERE NOT good) AS first_bad, min(seq) AS first, max(seq) AS last FROM checked
  )
  SELECT
    summed.first_bad IS NULL AND coalesce(summed.last = head.seq AND checked.hash = head.hash, head.seq IS NULL)
      -- Only retention takes the beginning away.
      AND coalesce(summed.first = head.first_seq OR upkeep.days('auditTrail.retentionDays') IS NOT NULL, true),
    summed.events,
    coalesce(summed.first_bad, CASE
      WHEN coalesce(summed.last, 0) < head.seq THEN coalesce(summed.last, head.first_seq - 1) + 1
      WHEN summed.first > head.first_seq AND upkeep.days('auditTrail.retentionDays') IS NULL THEN head.first_seq
    END)
  FROM summed
  LEFT JOIN checked ON checked.seq = summed.last
  LEFT JOIN trail.head ON head.source = $1 AND head.chain = $2
$$;
COMMENT ON FUNCTION trail.verify(text, text) IS 'Whether a chain is whole: how many events it has, and the first that is wrong or missing';

CREATE OR REPLACE FUNCTION trail.position(source text, chain text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce((SELECT seq FROM trail.head WHERE head.source = $1 AND head.chain = $2), 0) $$;
COMMENT ON FUNCTION trail.position(text, text) IS 'The last event of a chain that came';

CREATE OR REPLACE FUNCTION trail.anchored(source text, chain text, seq bigint, hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ INSERT INTO trail.anchor (source, chain, seq, hash) VALUES ($1, $2, $3, $4) $$;
COMMENT ON FUNCTION trail.anchored(text, text, bigint, bytea) IS 'What the head of a chain is now';

REVOKE ALL ON FUNCTION
  trail.position(text, text), trail.anchored(text, text, bigint, bytea),
  trail.receive(text, text, bigint, timestamptz, jsonb, bytea, bytea), trail.verify(text, text)
FROM PUBLIC;
GRANT USAGE ON SCHEMA trail TO :reader, :writer;
GRANT SELECT ON ALL TABLES IN SCHEMA trail TO :reader;
GRANT EXECUTE ON FUNCTION trail.verify(text, text) TO :reader;
-- Whoever writes can neither read nor change.
GRANT EXECUTE ON FUNCTION
  trail.receive(text, text, bigint, timestamptz, jsonb, bytea, bytea), trail.position(text, text), trail.anchored(text, text, bigint, bytea)
TO :writer;
