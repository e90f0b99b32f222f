-- Encryption by a key for each person, export, and erasure.
SET LOCAL ROLE privacy_owner;

CREATE OR REPLACE FUNCTION privacy.encrypt(subject uuid, text text) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  known privacy.subject_key;
BEGIN
  INSERT INTO privacy.subject_key (subject, key) VALUES (encrypt.subject, gen_random_bytes(32)) ON CONFLICT DO NOTHING;
  SELECT * INTO known FROM privacy.subject_key WHERE subject_key.subject = encrypt.subject;
  IF known.key IS NULL THEN
    RAISE 'the data of this person were erased' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN pgp_sym_encrypt(encrypt.text, encode(known.key, 'hex'), 'cipher-algo=aes256, s2k-mode=0');
END
$$;
COMMENT ON FUNCTION privacy.encrypt(uuid, text) IS 'For a column that nobody reads once the person''s key is gone';

CREATE OR REPLACE FUNCTION privacy.decrypt(subject uuid, data bytea) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  known bytea := (SELECT key FROM privacy.subject_key WHERE subject_key.subject = decrypt.subject);
BEGIN
  IF known IS NULL THEN
    RAISE 'there is no key for this person: the data were erased' USING ERRCODE = 'no_data_found';
  END IF;
  RETURN pgp_sym_decrypt(data, encode(known, 'hex'));
END
$$;

CREATE OR REPLACE FUNCTION privacy.register(table_name text, attribute name, subject_column name, category text, strategy text, obligation text DEFAULT NULL, kept_until_column name DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  rel constant regclass := audit.find(register.table_name);
  home name;
  relation name;
  wanted name;
BEGIN
  IF rel IS NULL THEN
    RAISE 'there is no table %', register.table_name USING ERRCODE = 'undefined_table', HINT = 'name its schema, too';
  END IF;
  SELECT nspname, relname INTO home, relation FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = rel;
  FOREACH wanted IN ARRAY array_remove(ARRAY[attribute, subject_column, kept_until_column], NULL) LOOP
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = wanted AND attnum > 0 AND NOT attisdropped) THEN
      RAISE '% has no column %', rel, wanted USING ERRCODE = 'undefined_column';
    END IF;
  END LOOP;
  IF EXISTS (SELECT FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey) WHERE indrelid = rel AND indisprimary AND attname = attribute) THEN
    RAISE 'column % is in the primary key of %: events name it', attribute, rel USING HINT = 'use a number of no meaning for a key';
  END IF;
  IF NOT (has_table_privilege('record_handler', rel, 'SELECT') AND has_table_privilege('record_handler', rel, 'UPDATE')) THEN
    RAISE 'rows of % cannot be exported or erased: record_handler may not read and change them', rel
      USING ERRCODE = 'insufficient_privilege', HINT = format('its owner says GRANT SELECT, UPDATE ON %s TO record_handler', rel);
  END IF;
  IF (obligation IS NULL) <> (kept_until_column IS NULL) THEN
    RAISE 'an obligation has a date until which it holds, in a column';
  END IF;
  INSERT INTO privacy.pii AS known VALUES (home, relation, attribute, subject_column, category, strategy, obligation, kept_until_column)
  ON CONFLICT ON CONSTRAINT pii_pkey DO UPDATE SET
    subject_column = excluded.subject_column, category = excluded.category, strategy = excluded.strategy, obligation = excluded.obligation,
    kept_until_column = excluded.kept_until_column;
  -- Encrypted columns stay in events: without the key they tell nothing.
  IF strategy <> 'key' AND to_regclass('audit.masked') IS NOT NULL THEN
    EXECUTE 'INSERT INTO audit.masked VALUES ($1, $2) ON CONFLICT DO NOTHING' USING format('%I.%I', home, relation), attribute;
  END IF;
END
$$;
COMMENT ON FUNCTION privacy.register(text, name, name, text, text, text, name) IS 'Says that a column tells of persons; it is left out of events from then on';

CREATE OR REPLACE FUNCTION privacy.export_subject(subject uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  entry record;
  rows jsonb;
  result jsonb := jsonb_build_object(
    'subject', subject, 'exported_at', now(),
    'consent', coalesce((SELECT jsonb_agg(to_jsonb(consent) - 'subject') FROM privacy.consent WHERE consent.subject = export_subject.subject), '[]')
  );
BEGIN
  FOR entry IN
    SELECT schema_name, table_name, subject_column,
      string_agg(format('%L, %s', column_name, CASE strategy WHEN 'key' THEN format('CASE WHEN t.%I IS NOT NULL THEN privacy.decrypt($1, t.%1$I) END', column_name) ELSE format('t.%I', column_name) END), ', ' ORDER BY column_name) AS columns
    FROM privacy.pii GROUP BY 1, 2, 3 ORDER BY 1, 2
  LOOP
    rows := audit.handle(
      format('SELECT jsonb_agg(jsonb_build_object(%s)) FROM %I.%I AS t WHERE t.%I = $1', entry.columns, entry.schema_name, entry.table_name, entry.subject_column),
      subject
    );
    IF rows IS NOT NULL THEN
      result := result || jsonb_build_object(format('%s.%s', entry.schema_name, entry.table_name), rows);
    END IF;
  END LOOP;
  RETURN result;
END
$$;
COMMENT ON FUNCTION privacy.export_subject(uuid) IS 'Everything that the catalogue knows of a person, for access and portability (Art. 15 and 20)';

CREATE OR REPLACE FUNCTION privacy.erase_subject(subject uuid, reason text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  entry privacy.pii;
  count bigint;
  kept bigint;
  keeps_key boolean := false;
  result jsonb := '{}';
  held boolean;
BEGIN
  IF coalesce(erase_subject.reason, '') = '' THEN
    RAISE 'an erasure needs a reason';
  END IF;
  PERFORM set_config('app.reason', erase_subject.reason, true);
  FOR entry IN SELECT * FROM privacy.pii ORDER BY schema_name, table_name, column_name LOOP
    held := false;
    IF to_regprocedure('records.is_held(text)') IS NOT NULL THEN
      EXECUTE 'SELECT records.is_held($1)' INTO held USING format('%s.%s', entry.schema_name, entry.table_name);
    END IF;
    -- Rows that a law keeps stay, and so do those under a hold (Art. 17(3)(b) and (e)).
    kept := audit.handle(format(
      'SELECT to_jsonb(count(*)) FROM %I.%I WHERE %I = $1 AND %I IS NOT NULL AND ($2 OR %s)', entry.schema_name, entry.table_name, entry.subject_column, entry.column_name,
      CASE WHEN entry.kept_until_column IS NULL THEN 'false' ELSE format('%I >= now()', entry.kept_until_column) END
    ), subject, held)::bigint;
    count := 0;
    IF entry.strategy = 'key' THEN
      keeps_key := keeps_key OR kept > 0;
    ELSIF NOT held THEN
      count := audit.handle(format(
        'WITH changed AS (UPDATE %I.%I SET %I = %s WHERE %I = $1 AND %I IS NOT NULL AND NOT %s RETURNING 1) SELECT to_jsonb(count(*)) FROM changed', entry.schema_name, entry.table_name, entry.column_name,
        CASE entry.strategy
          WHEN 'null' THEN 'NULL'
          WHEN 'redact' THEN quote_literal('[erased]')
          -- A hash alone could be guessed: a random value that nobody keeps makes it one of its own.
          ELSE format('encode(sha256(convert_to(%I::text || gen_random_uuid(), ''UTF8'')), ''hex'')', entry.column_name)
        END,
        entry.subject_column, entry.column_name,
        CASE WHEN entry.kept_until_column IS NULL THEN 'false' ELSE format('coalesce(%I >= now(), false)', entry.kept_until_column) END
      ), subject)::bigint;
    END IF;
    result := result || jsonb_build_object(
      format('%s.%s.%s', entry.schema_name, entry.table_name, entry.column_name),
      jsonb_strip_nulls(jsonb_build_object('erased', count, 'kept', nullif(kept, 0), 'why', CASE WHEN held THEN 'legal hold' WHEN kept > 0 THEN entry.obligation END))
    );
  END LOOP;
  IF keeps_key THEN
    result := result || '{"key": "kept"}';
  ELSE
    INSERT INTO privacy.subject_key (subject, key, destroyed_at) VALUES (erase_subject.subject, NULL, now())
    ON CONFLICT ON CONSTRAINT subject_key_pkey DO UPDATE SET key = NULL, destroyed_at = now();
    result := result || '{"key": "destroyed"}';
  END IF;
  UPDATE privacy.consent SET withdrawn_at = now() WHERE consent.subject = erase_subject.subject AND withdrawn_at IS NULL AND basis = 'consent';
  INSERT INTO privacy.request (subject, kind, done_at, outcome) VALUES (erase_subject.subject, 'erasure', now(), result);
  RETURN result;
END
$$;
COMMENT ON FUNCTION privacy.erase_subject(uuid, text) IS 'Erases a person''s data as the catalogue says, and tells what a law or a hold keeps; counts, no values (Art. 17)';

CREATE OR REPLACE VIEW privacy.overdue AS
SELECT request_id, kind, received_at, due_at FROM privacy.request WHERE done_at IS NULL AND due_at < now();
COMMENT ON VIEW privacy.overdue IS 'Requests that should have been answered';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA privacy FROM PUBLIC;
GRANT USAGE ON SCHEMA privacy TO privacy_officer, :reader, :writer, auditor;
GRANT SELECT ON privacy.consent, privacy.pii, privacy.request, privacy.overdue TO privacy_officer, auditor;
GRANT INSERT, UPDATE ON privacy.consent, privacy.request TO privacy_officer;
GRANT EXECUTE ON FUNCTION privacy.export_subject(uuid), privacy.erase_subject(uuid, text), privacy.register(text, name, name, text, text, text, name) TO privacy_officer;
GRANT EXECUTE ON FUNCTION privacy.decrypt(uuid, bytea) TO privacy_officer, :reader;
GRANT EXECUTE ON FUNCTION privacy.encrypt(uuid, text), privacy.decrypt(uuid, bytea) TO :writer;
-- An export reads what it may.
GRANT USAGE ON SCHEMA privacy TO record_handler;
GRANT EXECUTE ON FUNCTION privacy.decrypt(uuid, bytea) TO record_handler;
RESET ROLE;
GRANT EXECUTE ON FUNCTION audit.handle(text, uuid, boolean), audit.find(text) TO privacy_owner;
