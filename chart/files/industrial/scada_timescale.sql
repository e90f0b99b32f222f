-- What TimescaleDB does by itself, by the settings of the release: compression, retention, refreshing.
SET LOCAL ROLE :owner;

SELECT public.remove_compression_policy('scada.reading', if_exists => true),
  public.remove_compression_policy('scada.reading_text', if_exists => true),
  public.remove_retention_policy('scada.reading', if_exists => true),
  public.remove_retention_policy('scada.reading_text', if_exists => true),
  public.remove_retention_policy('scada.reading_minute', if_exists => true),
  public.remove_continuous_aggregate_policy('scada.reading_minute', if_exists => true),
  public.remove_continuous_aggregate_policy('scada.reading_hour', if_exists => true),
  public.remove_continuous_aggregate_policy('scada.reading_day', if_exists => true)
\g /dev/null

SELECT public.add_compression_policy('scada.reading', compress_after => make_interval(days => upkeep.days('scadaHistorian.compressAfterDays'))),
  public.add_compression_policy('scada.reading_text', compress_after => make_interval(days => upkeep.days('scadaHistorian.compressAfterDays')))
WHERE upkeep.days('scadaHistorian.compressAfterDays') IS NOT NULL
\g /dev/null

-- A policy knows nothing of legal holds: where records have a rule, the upkeep drops instead.
SELECT public.add_retention_policy('scada.reading', drop_after => make_interval(days => upkeep.days('scadaHistorian.retentionDays'))),
  public.add_retention_policy('scada.reading_text', drop_after => make_interval(days => upkeep.days('scadaHistorian.retentionDays')))
WHERE upkeep.days('scadaHistorian.retentionDays') IS NOT NULL AND NOT upkeep.has_rule()
\g /dev/null

SELECT public.add_retention_policy('scada.reading_minute', drop_after => make_interval(days => upkeep.days('scadaHistorian.rollupRetentionDays')))
WHERE upkeep.days('scadaHistorian.rollupRetentionDays') IS NOT NULL
\g /dev/null

CREATE OR REPLACE FUNCTION scada.drop_old() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  days constant integer := upkeep.days('scadaHistorian.retentionDays');
  rel text;
  dropped bigint := 0;
BEGIN
  FOREACH rel IN ARRAY ARRAY['scada.reading', 'scada.reading_text'] LOOP
    IF days IS NOT NULL AND upkeep.has_rule() AND NOT upkeep.is_held(rel) THEN
      dropped := dropped + (SELECT count(*) FROM public.drop_chunks(rel::regclass, older_than => make_interval(days => days)));
    END IF;
  END LOOP;
  RETURN dropped;
END
$$;
COMMENT ON FUNCTION scada.drop_old() IS 'Drops what is too old and under no legal hold';
REVOKE ALL ON FUNCTION scada.drop_old() FROM PUBLIC;
INSERT INTO upkeep.task (position, function) VALUES (50, 'scada.drop_old') ON CONFLICT DO NOTHING;

-- The windows end before the raw data do, and begin late enough for readings that came late.
SELECT
  public.add_continuous_aggregate_policy('scada.reading_minute',
    start_offset => interval '3 hours', end_offset => interval '1 minute', schedule_interval => interval '5 minutes'),
  public.add_continuous_aggregate_policy('scada.reading_hour',
    start_offset => interval '1 day', end_offset => interval '1 hour', schedule_interval => interval '1 hour'),
  public.add_continuous_aggregate_policy('scada.reading_day',
    start_offset => interval '3 days', end_offset => interval '1 day', schedule_interval => interval '1 day')
\g /dev/null
