-- Where assets are, without PostGIS: on the globe, and on the plan of a floor.
SET LOCAL ROLE :owner;

CREATE TABLE factory.floor_plan (
  floor_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id integer NOT NULL REFERENCES factory.site,
  name text NOT NULL,
  outline polygon,
  UNIQUE (site_id, name)
);
COMMENT ON TABLE factory.floor_plan IS 'Floors, in metres from a corner of the building';

ALTER TABLE factory.assets
  ADD COLUMN longitude numeric(9, 6) CHECK (longitude BETWEEN -180 AND 180),
  ADD COLUMN latitude numeric(8, 6) CHECK (latitude BETWEEN -90 AND 90),
  ADD COLUMN floor_id integer REFERENCES factory.floor_plan,
  ADD COLUMN position point,
  ADD CHECK ((longitude IS NULL) = (latitude IS NULL));
COMMENT ON COLUMN factory.assets.longitude IS 'In degrees (WGS 84)';
COMMENT ON COLUMN factory.assets.position IS 'Metres on the plan of the floor';
CREATE INDEX idx_assets_position ON factory.assets USING gist (position);

CREATE TABLE factory.zone (
  zone_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  floor_id integer NOT NULL REFERENCES factory.floor_plan,
  name text NOT NULL,
  kind text NOT NULL DEFAULT 'work' CHECK (kind IN ('work', 'storage', 'hazard', 'clean', 'traffic')),
  outline polygon NOT NULL,
  UNIQUE (floor_id, name)
);
CREATE INDEX ON factory.zone USING gist (outline);
