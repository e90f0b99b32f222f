#!/bin/sh
# Runs PgBouncer: writes the file with the password that it looks up others with, has it read what changes, and lets
# transactions end when it is to stop.
#
# Environment: PGCHART_POOLER (its role). Any shell will do: images of PgBouncer have no bash.
set -eu

config=/etc/pgbouncer
run=/var/run/pgbouncer
password=/etc/pgbouncer-password
umask 077

# The server asks for SCRAM, which takes the password itself: a verifier would not do. The file is in memory.
write_userlist() {
  printf '"%s" "%s"\n' "$PGCHART_POOLER" "$(sed 's/"/""/g' "$password/password")" >"$run/userlist.new"
  mv "$run/userlist.new" "$run/userlist.txt"
}

# What is mounted changes as a whole: then these links point elsewhere.
mounted() { readlink "$config/..data" "$password/..data" /etc/pgbouncer-tls/..data /etc/pgbouncer-ca/..data || true; }

follow_changes() {
  known=$1
  while sleep 5 && kill -0 "$pooler" 2>/dev/null; do
    now=$(mounted)
    [ "$now" != "$known" ] || continue
    echo "pooler: configuration, password or certificates have changed; PgBouncer reads them anew"
    write_userlist || continue
    known=$now
    kill -HUP "$pooler"
  done
}

# Until every node knows that this pod is going, clients still come. Then no client gets a connection any more, and those that
# have one keep it until their transaction has ended.
# shellcheck disable=SC2317 # the trap calls it
stop() {
  trap '' TERM INT
  echo "pooler: stopping; transactions get until the end of the grace period"
  sleep 5
  kill -INT "$pooler" 2>/dev/null || true
}

# Each client takes a descriptor, and the soft limit is often 1024.
# shellcheck disable=SC3045 # dash and busybox know these
ulimit -n "$(ulimit -H -n)" || true

first=$(mounted)
write_userlist
pgbouncer "$config/pgbouncer.ini" &
pooler=$!
follow_changes "$first" &
trap stop TERM INT

# A signal ends `wait` early, and then the next one tells PgBouncer's own status; 127 says that it was told already.
status=0
wait "$pooler" || status=$?
while [ "$status" -gt 128 ]; do
  again=0
  wait "$pooler" 2>/dev/null || again=$?
  [ "$again" -ne 127 ] || break
  status=$again
done
exit "$status"
