-- In the place of TimescaleDB, which cannot be installed here: its functions, with the names and types of arguments that its API
-- reference gives (2.13 and later). They look at what they are given and write it down.
CREATE EXTENSION btree_gist SCHEMA public;
CREATE SCHEMA pgchart;
CREATE TABLE pgchart.setting (name text PRIMARY KEY, value text NOT NULL);
INSERT INTO pgchart.setting VALUES
  ('scadaHistorian.retentionDays', '365'), ('scadaHistorian.rollupRetentionDays', '1825'), ('scadaHistorian.compressAfterDays', '7'),
  ('energyConsumption.retentionDays', ''), ('energyConsumption.compressAfterDays', '30');
CREATE TABLE public.called (number integer GENERATED ALWAYS AS IDENTITY, call text NOT NULL);
CREATE TABLE public.policy (kind text, relation regclass, spec text, PRIMARY KEY (kind, relation));

CREATE TYPE public.dimension_info AS (column_name name, partition_interval interval);
CREATE FUNCTION public.by_range(column_name name, partition_interval interval DEFAULT NULL, partition_func regproc DEFAULT NULL)
RETURNS public.dimension_info LANGUAGE sql AS $$ SELECT ROW(column_name, partition_interval)::public.dimension_info $$;

CREATE FUNCTION public.create_hypertable(
  relation regclass, dimension public.dimension_info, create_default_indexes boolean DEFAULT true, if_not_exists boolean DEFAULT false,
  migrate_data boolean DEFAULT false
) RETURNS TABLE (hypertable_id integer, created boolean) LANGUAGE plpgsql AS $$
BEGIN
  -- A unique index has to have the column of the partitions.
  IF EXISTS (
    SELECT FROM pg_index JOIN pg_attribute ON attrelid = relation AND attname = dimension.column_name
    WHERE indrelid = relation AND indisunique AND NOT attnum = ANY (indkey)
  ) OR NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = dimension.column_name AND attnotnull) THEN
    RAISE 'cannot create a unique index without the column %', dimension.column_name;
  END IF;
  INSERT INTO public.called (call) VALUES (format('create_hypertable %s %s %s', relation, dimension.column_name, dimension.partition_interval));
  RETURN QUERY SELECT 1, true;
END $$;

CREATE FUNCTION public.put(kind text, relation regclass, spec text) RETURNS integer LANGUAGE sql AS $$
  INSERT INTO public.policy VALUES (kind, relation, spec) RETURNING 1
$$;
CREATE FUNCTION public.take(kind text, relation regclass, if_exists boolean) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.policy WHERE policy.kind = take.kind AND policy.relation = take.relation;
  IF NOT FOUND AND NOT if_exists THEN
    RAISE 'no policy';
  END IF;
  RETURN FOUND;
END $$;
CREATE FUNCTION public.add_compression_policy(
  hypertable regclass, compress_after interval DEFAULT NULL, if_not_exists boolean DEFAULT false, schedule_interval interval DEFAULT NULL,
  initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL, compress_created_before interval DEFAULT NULL
) RETURNS integer LANGUAGE sql AS $$ SELECT public.put('compression', hypertable, compress_after::text) $$;
CREATE FUNCTION public.remove_compression_policy(hypertable regclass, if_exists boolean DEFAULT false) RETURNS boolean
LANGUAGE sql AS $$ SELECT public.take('compression', hypertable, if_exists) $$;
CREATE FUNCTION public.add_retention_policy(
  relation regclass, drop_after interval DEFAULT NULL, if_not_exists boolean DEFAULT false, schedule_interval interval DEFAULT NULL,
  initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL, drop_created_before interval DEFAULT NULL
) RETURNS integer LANGUAGE sql AS $$ SELECT public.put('retention', relation, drop_after::text) $$;
CREATE FUNCTION public.remove_retention_policy(relation regclass, if_exists boolean DEFAULT false) RETURNS void
LANGUAGE sql AS $$ SELECT public.take('retention', relation, if_exists) $$;
CREATE FUNCTION public.add_continuous_aggregate_policy(
  continuous_aggregate regclass, start_offset interval, end_offset interval, schedule_interval interval, if_not_exists boolean DEFAULT false,
  initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL
) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  IF start_offset <= end_offset THEN
    RAISE 'the window is empty';
  END IF;
  RETURN public.put('refresh', continuous_aggregate, concat_ws(' ', start_offset, end_offset, schedule_interval));
END $$;
CREATE FUNCTION public.remove_continuous_aggregate_policy(
  continuous_aggregate regclass, if_not_exists boolean DEFAULT false, if_exists boolean DEFAULT NULL
) RETURNS void LANGUAGE sql AS $$ SELECT public.take('refresh', continuous_aggregate, coalesce(if_exists, if_not_exists)) $$;

CREATE FUNCTION public.drop_chunks(
  relation regclass, older_than interval DEFAULT NULL, newer_than interval DEFAULT NULL, "verbose" boolean DEFAULT false, created_before interval DEFAULT NULL,
  created_after interval DEFAULT NULL
) RETURNS SETOF text LANGUAGE sql AS $$ SELECT NULL::text $$;

CREATE FUNCTION public.time_bucket(bucket_width interval, ts timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$ SELECT date_bin(bucket_width, ts, '2000-01-03Z') $$;
CREATE FUNCTION public.keep(state double precision, value double precision, at timestamptz) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce(state, value) $$;
CREATE AGGREGATE public.first(double precision, timestamptz) (SFUNC = public.keep, STYPE = double precision);
CREATE AGGREGATE public.last(double precision, timestamptz) (SFUNC = public.keep, STYPE = double precision);
