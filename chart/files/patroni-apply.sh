#!/usr/bin/env bash
# What Patroni calls: `post_init CONNINFO` when it has created the database, `on_start ROLE SCOPE` when a server has started.
# A new database gets what init scripts rely on; its passwords, and all later changes, come from the container `declare` beside.
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

case $1 in
  post_init)
    try_declaration
    [ "$applied" != no ] || exit 1
    run_init_scripts
    write_marker "$PGDATA"
    sync "$PGDATA" "$PGDATA/$marker"
    rm -f "$volume/pgchart.incomplete"
    ;;
  on_start) rm -f "$volume/pgchart.incomplete" ;;
  *) refuse "Patroni called it for $1, which it does not know" ;;
esac
