-- Assets by place.
SET LOCAL ROLE :owner;

CREATE OR REPLACE VIEW factory.asset_place AS
SELECT id AS asset_id, name, public.st_x(location) AS longitude, public.st_y(location) AS latitude, floor_id,
  public.st_x(position) AS x, public.st_y(position) AS y
FROM factory.assets;
COMMENT ON VIEW factory.asset_place IS 'Where assets are, in numbers';

CREATE OR REPLACE FUNCTION factory.assets_within(floor integer, x double precision, y double precision, metres double precision)
RETURNS TABLE (asset_id integer, name text, distance double precision)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT assets.id, assets.name, st_distance(assets.position, st_point($2, $3))
  FROM factory.assets
  WHERE assets.floor_id = $1 AND st_dwithin(assets.position, st_point($2, $3), $4)
  ORDER BY 3
$$;
COMMENT ON FUNCTION factory.assets_within(integer, double precision, double precision, double precision) IS 'Assets around a point of a floor';

CREATE OR REPLACE VIEW factory.asset_zone AS
SELECT assets.id AS asset_id, zone.zone_id, zone.name AS zone, zone.kind
FROM factory.assets JOIN factory.zone ON zone.floor_id = assets.floor_id AND public.st_covers(zone.outline, assets.position);
COMMENT ON VIEW factory.asset_zone IS 'The zones that assets are in';

GRANT SELECT ON factory.floor_plan, factory.zone, factory.asset_place, factory.asset_zone TO :reader, :writer;
GRANT INSERT, UPDATE ON factory.floor_plan, factory.zone TO :writer;
GRANT DELETE ON factory.zone TO :writer;
