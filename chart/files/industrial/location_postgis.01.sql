-- Where assets are, with PostGIS: on the globe, and on the plan of a floor.
CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public;
SET LOCAL ROLE :owner;

CREATE TABLE factory.floor_plan (
  floor_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id integer NOT NULL REFERENCES factory.site,
  name text NOT NULL,
  outline public.geometry(Polygon, 0),
  UNIQUE (site_id, name)
);
COMMENT ON TABLE factory.floor_plan IS 'Floors, in metres from a corner of the building';

ALTER TABLE factory.assets
  ADD COLUMN location public.geometry(Point, 4326),
  ADD COLUMN floor_id integer REFERENCES factory.floor_plan,
  ADD COLUMN position public.geometry(Point, 0);
COMMENT ON COLUMN factory.assets.location IS 'Longitude and latitude (WGS 84)';
COMMENT ON COLUMN factory.assets.position IS 'Metres on the plan of the floor';
CREATE INDEX idx_assets_location ON factory.assets USING gist (location);
CREATE INDEX idx_assets_position ON factory.assets USING gist (position);

CREATE TABLE factory.zone (
  zone_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  floor_id integer NOT NULL REFERENCES factory.floor_plan,
  name text NOT NULL,
  kind text NOT NULL DEFAULT 'work' CHECK (kind IN ('work', 'storage', 'hazard', 'clean', 'traffic')),
  outline public.geometry(Polygon, 0) NOT NULL,
  UNIQUE (floor_id, name)
);
CREATE INDEX ON factory.zone USING gist (outline);
