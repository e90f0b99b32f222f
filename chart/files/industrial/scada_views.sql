-- Views of the historian, and who may do what.
SET LOCAL ROLE :owner;

CREATE OR REPLACE VIEW scada.latest AS
SELECT tag.tag_id, tag.name, newest.time, newest.value, newest.quality, tag.unit
FROM scada.tag
LEFT JOIN LATERAL (
  SELECT time, value, quality FROM scada.reading
  WHERE reading.tag_id = tag.tag_id AND reading.time > now() - interval '1 day'
  ORDER BY time DESC LIMIT 1
) AS newest ON true
WHERE tag.active;
COMMENT ON VIEW scada.latest IS 'The newest reading of each tag within the last day';

CREATE OR REPLACE VIEW scada.open_alarm AS
SELECT alarm.*, tag.name AS tag, tag.asset
FROM scada.alarm JOIN scada.tag USING (tag_id)
WHERE cleared_at IS NULL OR acknowledged_at IS NULL;
COMMENT ON VIEW scada.open_alarm IS 'Alarms that last, or that nobody has acknowledged';

CREATE OR REPLACE VIEW scada.unknown_tag AS
SELECT DISTINCT reading.tag_id
FROM scada.reading
WHERE reading.time > now() - interval '1 day' AND NOT EXISTS (SELECT FROM scada.tag WHERE tag.tag_id = reading.tag_id);
COMMENT ON VIEW scada.unknown_tag IS 'Numbers of tags that have readings of the last day and no name: no foreign key looks after that';

-- Readings by name, for whoever does not know the numbers. Many rows are better sent to scada.reading, by COPY.
CREATE OR REPLACE VIEW scada.sensor_data AS
SELECT reading.time, tag.name AS sensor_id, reading.value, reading.quality::integer AS quality
FROM scada.reading JOIN scada.tag USING (tag_id);
COMMENT ON VIEW scada.sensor_data IS 'Readings by the names of their tags; takes new ones, too';

CREATE OR REPLACE FUNCTION scada.insert_sensor_data()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  number integer := (SELECT tag_id FROM scada.tag WHERE name = new.sensor_id);
BEGIN
  IF number IS NULL THEN
    RAISE 'tag % is not known', quote_nullable(new.sensor_id) USING ERRCODE = 'foreign_key_violation', HINT = 'add it to scada.tag';
  END IF;
  INSERT INTO scada.reading (time, value, tag_id, quality) VALUES (new.time, new.value, number, coalesce(new.quality, 192));
  RETURN new;
END
$$;
REVOKE ALL ON FUNCTION scada.insert_sensor_data() FROM PUBLIC;
CREATE OR REPLACE TRIGGER insert_by_name INSTEAD OF INSERT ON scada.sensor_data
FOR EACH ROW EXECUTE FUNCTION scada.insert_sensor_data();

GRANT USAGE ON SCHEMA scada TO :reader, :writer;
GRANT SELECT ON ALL TABLES IN SCHEMA scada TO :reader;
-- Readings are added, never changed.
GRANT SELECT ON scada.tag, scada.alarm, scada.latest, scada.open_alarm TO :writer;
GRANT INSERT ON scada.tag, scada.reading, scada.reading_text, scada.alarm, scada.sensor_data TO :writer;
GRANT UPDATE (description, unit, site, asset, scan_class, deadband, low_limit, high_limit, active) ON scada.tag TO :writer;
GRANT UPDATE (cleared_at, acknowledged_at, acknowledged_by) ON scada.alarm TO :writer;
