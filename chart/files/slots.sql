-- One slot for each standby of the release; those of standbys that are gone would keep the log for ever.
SELECT format('SELECT pg_drop_replication_slot(%L)', slot_name)
FROM pg_replication_slots
WHERE slot_type = 'physical' AND NOT active AND NOT temporary
  AND starts_with(slot_name, :'prefix') AND substr(slot_name, length(:'prefix') + 1) ~ '^[0-9]+$'
  AND slot_name <> ALL (string_to_array(:'wanted', ' '))
ORDER BY slot_name \gexec
SELECT format('SELECT FROM pg_create_physical_replication_slot(%L, true)', name)
FROM unnest(string_to_array(:'wanted', ' ')) AS name
WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = name)
ORDER BY name \gexec
