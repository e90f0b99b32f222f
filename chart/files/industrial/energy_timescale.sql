-- Compression and retention, by the settings of the release.
SET LOCAL ROLE :owner;

SELECT public.remove_compression_policy('energy.reading', if_exists => true),
  public.remove_retention_policy('energy.reading', if_exists => true)
\g /dev/null

SELECT public.add_compression_policy('energy.reading', compress_after => make_interval(days => upkeep.days('energyConsumption.compressAfterDays')))
WHERE upkeep.days('energyConsumption.compressAfterDays') IS NOT NULL
\g /dev/null

SELECT public.add_retention_policy('energy.reading', drop_after => make_interval(days => upkeep.days('energyConsumption.retentionDays')))
WHERE upkeep.days('energyConsumption.retentionDays') IS NOT NULL AND NOT upkeep.has_rule()
\g /dev/null

-- A policy knows nothing of legal holds: where records have a rule, the upkeep drops instead.
CREATE OR REPLACE FUNCTION energy.drop_old() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  days constant integer := upkeep.days('energyConsumption.retentionDays');
BEGIN
  IF days IS NULL OR NOT upkeep.has_rule() OR upkeep.is_held('energy.reading') THEN
    RETURN 0;
  END IF;
  RETURN (SELECT count(*) FROM public.drop_chunks('energy.reading'::regclass, older_than => make_interval(days => days)));
END
$$;
COMMENT ON FUNCTION energy.drop_old() IS 'Drops what is too old and under no legal hold';
REVOKE ALL ON FUNCTION energy.drop_old() FROM PUBLIC;
INSERT INTO upkeep.task (position, function) VALUES (50, 'energy.drop_old') ON CONFLICT DO NOTHING;
