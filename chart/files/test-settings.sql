-- Parameters whose value is another one than the release's. Numbers are in the parameter's own unit on both sides. What a role, a
-- database or the client says of itself is nobody's mistake.
\set wanted `cat "$PGCHART_SETTINGS"`

SELECT format('%s is %s, not %s', key, coalesce(setting, 'unknown'), value)
FROM jsonb_each_text(:'wanted'::jsonb)
LEFT JOIN pg_settings ON lower(name) = key
WHERE setting IS NULL
  OR lower(replace(setting, ' ', '')) <> lower(replace(value, ' ', ''))
  AND source NOT IN ('database', 'user', 'database user', 'client')
  AND CASE vartype
    WHEN 'integer' THEN setting::numeric <> round(value::numeric)
    WHEN 'real' THEN abs(setting::numeric - value::numeric) > 1e-6
    ELSE true
  END
ORDER BY key;
