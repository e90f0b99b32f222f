-- The roles that log in with a password, one a line: its file, whether it is that of the pod's start, the role.
\set cluster `cat "$PGCHART_CLUSTER"`
SELECT concat_ws('|', login ->> 'file', CASE WHEN (login ->> 'held')::boolean THEN 'held' ELSE 'live' END, login ->> 'role')
FROM jsonb_array_elements(:'cluster'::jsonb -> 'passwords') WITH ORDINALITY AS declared (login, n)
ORDER BY n;
