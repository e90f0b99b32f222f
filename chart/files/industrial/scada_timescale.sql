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

SELECT public.add_retention_policy('scada.reading', drop_after => make_interval(days => upkeep.days('scadaHistorian.retentionDays'))),
  public.add_retention_policy('scada.reading_text', drop_after => make_interval(days => upkeep.days('scadaHistorian.retentionDays')))
WHERE upkeep.days('scadaHistorian.retentionDays') IS NOT NULL
\g /dev/null

SELECT public.add_retention_policy('scada.reading_minute', drop_after => make_interval(days => upkeep.days('scadaHistorian.rollupRetentionDays')))
WHERE upkeep.days('scadaHistorian.rollupRetentionDays') IS NOT NULL
\g /dev/null

-- The windows end before the raw data do, and begin late enough for readings that came late.
SELECT
  public.add_continuous_aggregate_policy('scada.reading_minute',
    start_offset => interval '3 hours', end_offset => interval '1 minute', schedule_interval => interval '5 minutes'),
  public.add_continuous_aggregate_policy('scada.reading_hour',
    start_offset => interval '1 day', end_offset => interval '1 hour', schedule_interval => interval '1 hour'),
  public.add_continuous_aggregate_policy('scada.reading_day',
    start_offset => interval '3 days', end_offset => interval '1 day', schedule_interval => interval '1 day')
\g /dev/null
