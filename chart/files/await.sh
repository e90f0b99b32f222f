#!/usr/bin/env bash
# Waits until exactly this declaration is in force; fails with what the server said when it cannot be applied.
#
# Environment: libpq's, PGCHART_DIGEST (of the declaration), PGCHART_TIMEOUT (seconds).
set -euo pipefail

trap 'exit 143' TERM INT
failing=0 said=
until=$((SECONDS + PGCHART_TIMEOUT))
while :; do
  # What was tried may be tried again with another end: it fails for good when it goes on failing.
  answer=$(psql -X -q -A -t -w -F '|' -c 'SELECT digest, state, message FROM pgchart.declaration' 2>&1) || answer="|asked|$answer"
  IFS='|' read -r -d '' digest state message <<<"$answer" || true
  message=${message%$'\n'}
  if [ "$digest" = "$PGCHART_DIGEST" ] && [ "$state" = applied ]; then
    echo "await: the server is as declared"
    exit 0
  elif [ "$digest" = "$PGCHART_DIGEST" ] && [ "$state" = failed ]; then
    said="the declaration cannot be applied: $message" failing=$((failing + 1))
  elif [ "$state" = asked ]; then
    said="the server does not answer: $message" failing=0
  else
    said="the server has not applied this declaration yet" failing=0
  fi
  if [ $failing -ge 15 ] || [ $SECONDS -ge $until ]; then
    printf 'await: error: %s\n' "$said" >&2
    exit 1
  fi
  sleep 1 &
  wait $!
done
