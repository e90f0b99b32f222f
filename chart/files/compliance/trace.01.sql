-- What was made of what. ISO 9001 8.5.2.
CREATE SCHEMA trace AUTHORIZATION audit_owner;
SET LOCAL ROLE audit_owner;
COMMENT ON SCHEMA trace IS 'Genealogy of lots and serial numbers';
CREATE TABLE trace.link (
  parent text NOT NULL CHECK (parent <> ''),
  child text NOT NULL CHECK (child <> ''),
  quantity numeric CHECK (quantity > 0),
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (parent, child, at),
  CHECK (parent <> child)
);
COMMENT ON TABLE trace.link IS 'A lot that went into another one: parent into child';
CREATE INDEX ON trace.link (child);
