#!/usr/bin/env bash
# Calls the upkeep of every database that has one. A database where it fails does not keep it from the others; the job fails then.
#
# Environment: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGCHART_DATABASES (names, one a line).
set -euo pipefail

failed=
while IFS= read -r database; do
  printf 'upkeep: %s\n' "$database"
  psql -X -q -A -t -F ': ' -v ON_ERROR_STOP=1 -d "$database" -c 'SELECT what, count FROM upkeep.run()' </dev/null || failed=yes
done <<<"$PGCHART_DATABASES"
[ -z "$failed" ]
