-- Signing needs the login and a secret of its own, and says what it means.
SET LOCAL ROLE audit_owner;
SELECT audit.guard('esign.signature'), audit.guard('esign.attempt') \g /dev/null
SELECT audit.attach('esign.signature') \g /dev/null

CREATE OR REPLACE FUNCTION esign.days(setting text) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT nullif(value, '')::integer FROM pgchart.setting WHERE name = $1 $$;

-- The digest of a record as it is now; nothing when it is not there.
CREATE OR REPLACE FUNCTION esign.digest(rel regclass, pk jsonb) RETURNS bytea
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex'
AS $$
DECLARE
  condition text;
  keys text[] := (
    SELECT array_agg(attname::text ORDER BY attname) FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
    WHERE indrelid = rel AND indisprimary
  );
  record jsonb;
BEGIN
  IF keys IS NULL OR keys IS DISTINCT FROM (SELECT array_agg(key ORDER BY key COLLATE "C") FROM jsonb_object_keys(pk) AS key) THEN
    RAISE '% does not name the primary key of %: %', pk, rel, coalesce(array_to_string(keys, ', '), 'there is none');
  END IF;
  SELECT string_agg(format('%I = %L', key, value), ' AND ') INTO condition FROM jsonb_each_text(pk) AS part (key, value);
  IF NOT has_table_privilege('record_handler', rel, 'SELECT') THEN
    RAISE 'rows of % cannot be signed: record_handler may not read them', rel
      USING ERRCODE = 'insufficient_privilege', HINT = format('its owner says GRANT SELECT ON %s TO record_handler', rel);
  END IF;
  record := audit.handle(format('SELECT to_jsonb(signed) FROM %s AS signed WHERE %s', rel, condition));
  record := record - ARRAY(SELECT attribute FROM esign.unsigned WHERE unsigned.rel = digest.rel::text);
  RETURN sha256(convert_to(record::text, 'UTF8'));
END
$$;

CREATE OR REPLACE FUNCTION esign.enroll(signer text, printed_name text, secret text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = enroll.signer AND rolcanlogin) THEN
    RAISE '% is no role that logs in', enroll.signer;
  END IF;
  PERFORM esign.check_secret(enroll.secret);
  INSERT INTO esign.credential (signer, printed_name, secret) VALUES (enroll.signer, enroll.printed_name, crypt(enroll.secret, gen_salt('bf', 10)));
END
$$;
COMMENT ON FUNCTION esign.enroll(text, text, text) IS 'Gives somebody whose identity was verified the means to sign';

CREATE OR REPLACE FUNCTION esign.check_secret(secret text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF length(secret) < 12 THEN
    RAISE 'a secret has at least 12 characters' USING ERRCODE = 'invalid_password';
  END IF;
END
$$;

-- A wrong secret gives null instead of an error, which would take back the count as well.
CREATE OR REPLACE FUNCTION esign.matches(who text, secret text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  known esign.credential;
  lifetime constant integer := esign.days('compliance.secretDays');
BEGIN
  SELECT * INTO known FROM esign.credential WHERE signer = who FOR UPDATE;
  IF NOT FOUND OR known.revoked_at IS NOT NULL THEN
    INSERT INTO esign.attempt (signer, outcome) VALUES (who, 'not enrolled');
    RETURN false;
  END IF;
  IF known.locked THEN
    INSERT INTO esign.attempt (signer, outcome) VALUES (who, 'locked');
    RETURN false;
  END IF;
  IF known.secret <> crypt(matches.secret, known.secret) OR matches.secret IS NULL THEN
    UPDATE esign.credential SET failed = failed + 1, locked = failed + 1 >= 5 WHERE signer = who;
    INSERT INTO esign.attempt (signer, outcome) VALUES (who, CASE WHEN known.failed + 1 >= 5 THEN 'wrong secret; locked now' ELSE 'wrong secret' END);
    RETURN false;
  END IF;
  UPDATE esign.credential SET failed = 0 WHERE signer = who AND failed > 0;
  IF lifetime IS NOT NULL AND known.changed_at < now() - make_interval(days => lifetime) THEN
    INSERT INTO esign.attempt (signer, outcome) VALUES (who, 'secret too old');
    RETURN false;
  END IF;
  RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION esign.sign(rel regclass, pk jsonb, meaning text, secret text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  digest bytea;
  id bigint;
BEGIN
  IF NOT has_table_privilege(session_user, rel, 'SELECT') THEN
    RAISE 'nobody signs what he may not read' USING ERRCODE = 'insufficient_privilege';
  END IF;
  digest := esign.digest(rel, pk);
  IF digest IS NULL THEN
    RAISE '% has no row %', rel, pk USING ERRCODE = 'no_data_found';
  END IF;
  IF NOT esign.matches(session_user, sign.secret) THEN
    RETURN NULL;
  END IF;
  INSERT INTO esign.signature (at, signer, printed_name, meaning, rel, pk, record_sha256)
  SELECT clock_timestamp(), signer, printed_name, sign.meaning, sign.rel::text, sign.pk, digest
  FROM esign.credential WHERE signer = session_user
  RETURNING signature_id INTO id;
  RETURN id;
END
$$;
COMMENT ON FUNCTION esign.sign(regclass, jsonb, text, text)
  IS 'Signs a record as whoever is logged in; null when the secret is wrong, too old or locked. Five wrong ones lock it';

CREATE OR REPLACE FUNCTION esign.is_valid(signature bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce(esign.digest(audit.find(rel), pk) = record_sha256, false) FROM esign.signature WHERE signature_id = $1 $$;
COMMENT ON FUNCTION esign.is_valid(bigint) IS 'Whether the signed record is still what was signed';

CREATE OR REPLACE FUNCTION esign.change_secret(old_secret text, new_secret text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM esign.check_secret(new_secret);
  -- One that is too old may still be changed, by whoever knows it.
  IF NOT esign.matches(session_user, old_secret) AND NOT EXISTS (
    SELECT FROM esign.credential WHERE signer = session_user AND NOT locked AND revoked_at IS NULL AND credential.secret = crypt(old_secret, credential.secret)
  ) THEN
    RETURN false;
  END IF;
  UPDATE esign.credential SET secret = crypt(new_secret, gen_salt('bf', 10)), changed_at = now(), failed = 0 WHERE signer = session_user;
  RETURN true;
END
$$;
COMMENT ON FUNCTION esign.change_secret(text, text) IS 'A new secret for whoever is logged in';

CREATE OR REPLACE FUNCTION esign.unlock(signer text, new_secret text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM esign.check_secret(new_secret);
  IF unlock.signer = session_user THEN
    RAISE 'nobody unlocks himself' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE esign.credential SET secret = crypt(new_secret, gen_salt('bf', 10)), changed_at = now(), failed = 0, locked = false
  WHERE credential.signer = unlock.signer AND revoked_at IS NULL;
  IF NOT FOUND THEN
    RAISE '% cannot sign', unlock.signer;
  END IF;
  INSERT INTO esign.attempt (signer, outcome) VALUES (unlock.signer, format('unlocked by %s', session_user));
END
$$;
COMMENT ON FUNCTION esign.unlock(text, text) IS 'A new secret for somebody who is locked out or has lost his';

CREATE OR REPLACE FUNCTION esign.revoke(signer text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ UPDATE esign.credential SET revoked_at = now() WHERE credential.signer = $1 AND revoked_at IS NULL $$;
COMMENT ON FUNCTION esign.revoke(text) IS 'Somebody signs no more; what he has signed stays';

CREATE OR REPLACE VIEW esign.manifest AS
SELECT signature_id, printed_name, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') AS signed_at, meaning, rel, pk, signer,
  esign.is_valid(signature_id) AS valid
FROM esign.signature;
COMMENT ON VIEW esign.manifest IS 'Signatures as they are shown: printed name, time, meaning (11.50), and whether the record is unchanged';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA esign FROM PUBLIC;
GRANT USAGE ON SCHEMA esign TO auditor, signature_manager, signer;
GRANT SELECT ON esign.signature, esign.attempt, esign.manifest TO auditor;
GRANT EXECUTE ON FUNCTION esign.is_valid(bigint) TO auditor, signer;
GRANT EXECUTE ON FUNCTION esign.enroll(text, text, text), esign.unlock(text, text), esign.revoke(text) TO signature_manager;
GRANT EXECUTE ON FUNCTION esign.sign(regclass, jsonb, text, text), esign.change_secret(text, text) TO signer;
