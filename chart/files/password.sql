-- Gives one role the password of the Secret, unless it has it already. Nothing here is logged: the session says so.
--
-- A verifier of the Secret is used when it belongs to the password; a Secret whose password was changed by hand is obeyed too.
\getenv role PGCHART_ROLE
\getenv password PGCHART_PASSWORD
\getenv verifier PGCHART_VERIFIER
SELECT
  set_config('pgchart.role', :'role', false),
  set_config('pgchart.password', :'password', false),
  set_config('pgchart.verifier', :'verifier', false),
  set_config('password_encryption', 'scram-sha-256', false)
\g /dev/null

DO $$
DECLARE
  role text := current_setting('pgchart.role');
  password text := current_setting('pgchart.password');
  verifier text := current_setting('pgchart.verifier');
  current text := (SELECT rolpassword FROM pg_authid WHERE rolname = role);
  wanted text := password;
  candidate text;
  parts text[];
  key bytea;
  inner_key bytea;
  outer_key bytea;
  block bytea;
  salted bit(256);
BEGIN
  IF password = '' AND verifier = '' THEN
    RAISE 'the Secret has no password for role %', role;
  END IF;
  -- SASLprep leaves printable ASCII as it is. Other passwords cannot be compared here: then the verifier is taken at its word.
  IF verifier <> '' AND password !~ '^[ -~]+$' THEN
    wanted := verifier;
  END IF;

  -- Which verifier belongs to the password? RFC 5802: StoredKey = H(HMAC(PBKDF2(password, salt, rounds), "Client Key")).
  FOREACH candidate IN ARRAY ARRAY[current, verifier] LOOP
    parts := regexp_match(candidate, '^SCRAM-SHA-256\$(\d{1,7}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):');
    CONTINUE WHEN parts IS NULL OR password !~ '^[ -~]+$';

    key := convert_to(password, 'UTF8');
    IF length(key) > 64 THEN
      key := sha256(key);
    END IF;
    key := key || decode(repeat('00', 64 - length(key)), 'hex');
    inner_key := (SELECT string_agg(set_byte('\x00', 0, get_byte(key, i) # 54), '' ORDER BY i) FROM generate_series(0, 63) AS i);
    outer_key := (SELECT string_agg(set_byte('\x00', 0, get_byte(key, i) # 92), '' ORDER BY i) FROM generate_series(0, 63) AS i);
    block := sha256(outer_key || sha256(inner_key || decode(parts[2], 'base64') || '\x00000001'));
    salted := ('x' || encode(block, 'hex'))::bit(256);
    FOR round IN 2..parts[1]::integer LOOP
      block := sha256(outer_key || sha256(inner_key || block));
      salted := salted # ('x' || encode(block, 'hex'))::bit(256);
    END LOOP;

    key := (
      SELECT string_agg(decode(lpad(to_hex(substring(salted FROM 64 * i + 1 FOR 64)::bit(64)::bigint), 16, '0'), 'hex'), '' ORDER BY i)
      FROM generate_series(0, 3) AS i
    ) || decode(repeat('00', 32), 'hex');
    inner_key := (SELECT string_agg(set_byte('\x00', 0, get_byte(key, i) # 54), '' ORDER BY i) FROM generate_series(0, 63) AS i);
    outer_key := (SELECT string_agg(set_byte('\x00', 0, get_byte(key, i) # 92), '' ORDER BY i) FROM generate_series(0, 63) AS i);
    IF sha256(sha256(outer_key || sha256(inner_key || 'Client Key'))) = decode(parts[3], 'base64') THEN
      wanted := candidate;
      EXIT;
    END IF;
  END LOOP;

  IF wanted IS DISTINCT FROM current THEN
    EXECUTE format('ALTER ROLE %I PASSWORD %L', role, wanted);
  END IF;
END
$$;
