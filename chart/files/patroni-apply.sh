#!/usr/bin/env bash
# What Patroni calls: `post_init CONNINFO` when it has created the database, `on_start` and `on_role_change ROLE SCOPE` later on.
# Whoever becomes the primary brings the database to what the release declares.
set -euo pipefail

home=$(cd "$(dirname "$0")" && pwd)
volume=$(dirname "$PGDATA")
export PGHOST=/var/run/postgresql
umask 077
scratch=$(mktemp -d /tmp/apply.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 143' TERM INT

# shellcheck source=chart/files/declare.sh
. "$home/declare.sh"

# A new primary takes writes some moments after it was told.
wait_for_writes() {
  local tries
  for ((tries = 0; tries < 60; tries++)); do
    [ "$(query 'SELECT pg_is_in_recovery()' 2>/dev/null)" != f ] || return 0
    run sleep 1
  done
  say "this server does not take writes; what the release declares was not applied"
  exit 1
}

event=$1
case $event in
  post_init)
    apply_declaration
    run_init_scripts
    write_marker "$PGDATA"
    sync "$PGDATA" "$PGDATA/$marker"
    rm -f "$volume/pgchart.incomplete"
    ;;
  on_start | on_role_change)
    [ "$event" != on_start ] || rm -f "$volume/pgchart.incomplete"
    [ "$2" = primary ] || exit 0
    wait_for_writes
    apply_declaration
    ;;
  *) refuse "Patroni called it for $event, which it does not know" ;;
esac
