#!/bin/sh
# Becomes the server and holds the volume's lock while it lives: no second pod on this node can open the same files.
set -eu

exec 9>>"$(dirname "$PGDATA")/pgchart.lock"
status=0
flock -n 9 || status=$?
if [ "$status" -eq 1 ]; then
  echo "serve: error: another server uses this volume" >&2
  exit 1
fi
exec postgres -D "$PGDATA" "$@"
