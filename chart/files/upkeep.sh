#!/usr/bin/env bash
# Calls the upkeep of every database that has one. A database where it fails does not keep it from the others; the job fails then.
#
# Environment: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGCHART_DATABASES (names, separated by blanks).
set -euo pipefail

failed=
for database in $PGCHART_DATABASES; do
  printf 'upkeep: %s\n' "$database"
  psql -X -q -A -t -F ': ' -v ON_ERROR_STOP=1 -d "$database" -c 'SELECT what, count FROM upkeep.run()' || failed=yes
done
[ -z "$failed" ]
