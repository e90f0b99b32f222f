-- Compression and retention, by the settings of the release.
SET LOCAL ROLE :owner;

SELECT public.remove_compression_policy('energy.reading', if_exists => true),
  public.remove_retention_policy('energy.reading', if_exists => true)
\g /dev/null

SELECT public.add_compression_policy('energy.reading', compress_after => make_interval(days => upkeep.days('energyConsumption.compressAfterDays')))
WHERE upkeep.days('energyConsumption.compressAfterDays') IS NOT NULL
\g /dev/null

SELECT public.add_retention_policy('energy.reading', drop_after => make_interval(days => upkeep.days('energyConsumption.retentionDays')))
WHERE upkeep.days('energyConsumption.retentionDays') IS NOT NULL
\g /dev/null
