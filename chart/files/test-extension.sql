-- Whether the database has one extension.
SELECT count(*) FROM pg_extension WHERE extname = :'name';
