#!/usr/bin/env bash
# Brings the server beside to what the release declares whenever that changes: the declaration, a password, or the server, when it
# becomes the primary. It comes by the socket; neither a restart nor a superuser on the network is needed.
#
# What cannot be applied is said, written down in pgchart.declaration and tried again.
#
# Environment: PGHOST (the socket), PGUSER, PGCHART_PATRONI (may be absent; then a standby can become the primary at any time), and in
# a release with several servers what replication.sh needs to write the file that a standby reads its password from:
# PGCHART_REPLICATION_ROLE, PGCHART_REPLICATION_KEY (may be absent).
set -euo pipefail

home=$(cd "$(dirname "$0")" && pwd)
volume=/nonexistent
umask 077
rm -rf /tmp/declare.??????
scratch=$(mktemp -d /tmp/declare.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 0' TERM INT

# shellcheck source=chart/files/declare.sh
. "$home/declare.sh"
# shellcheck source=chart/files/replication.sh
. "$home/replication.sh"
replicated='' follows_others=yes

# What is mounted changes as a whole: then these links point elsewhere.
mounted() { readlink "$(dirname "$declared")/..data" "$passwords/..data" || true; }

# Parts of the pod that have a password by their environment have it until they are replaced.
hold_passwords() {
  local file password
  for file in "$passwords"/* "$passwords"/*/*; do
    [ -f "$file" ] || continue
    password=$(exactly "$file")
    held[${file#"$passwords/"}]=${password%.}
  done
}

# A standby logs in to its primary anew with what the Secret says now.
write_replication_password() {
  [ -n "${PGCHART_REPLICATION_KEY:-}" ] || return 0
  PGCHART_REPLICATION_PASSWORD=$(exactly "$passwords/$PGCHART_REPLICATION_KEY")
  PGCHART_REPLICATION_PASSWORD=${PGCHART_REPLICATION_PASSWORD%.}
  write_passfile
}

# Where the image's user has no name the server asks for the password, even at the socket.
know_password() {
  PGPASSWORD=$(exactly "$passwords/$PGCHART_SUPERUSER_KEY")
  export PGPASSWORD=${PGPASSWORD%.}
}

# Tries again when something has changed, or after a while: it may be about what is yet to come, such as a table.
wait_to_try_again() {
  local waited=0
  tries=$((tries < 6 ? tries + 1 : 6))
  while [ $waited -lt $((tries * 10)) ] && [ "$(mounted)" = "$1" ]; do
    run sleep 2
    waited=$((waited + 2))
  done
}

# Nobody waits for a lock for long: what queues behind would wait, too.
export PGOPTIONS="$PGOPTIONS -c lock_timeout=10s"
hold_passwords
seen='' known='' tries=0
while :; do
  now=$(mounted)
  if [ "$now" != "$seen" ]; then
    know_password
    write_replication_password
    seen=$now
  fi
  state=
  if [ "$now" != "$known" ] || [ -n "${PGCHART_PATRONI:-}" ]; then
    state=$(query 'SELECT pg_is_in_recovery()' 2>/dev/null || true)
  fi
  if [ "$state" = t ]; then
    # Only Patroni makes it a primary while it runs.
    known=${PGCHART_PATRONI:-$now}
  elif [ "$state" = f ] && [ "$now" != "$known" ]; then
    try_declaration
    if [ "$applied" = yes ]; then
      known=$now tries=0
      say "the server is as declared"
    else
      wait_to_try_again "$now"
    fi
  fi
  if [ -n "$known" ]; then run sleep 5; else run sleep 1; fi
done
