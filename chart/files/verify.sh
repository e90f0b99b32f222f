#!/usr/bin/env bash
# Restores the newest backup into a server that is thrown away, and compares the rows of each table with those of its dump.
#
# Environment: that of backup-files.sh, PGCHART_SCRATCH (a directory for the server), PGCHART_CONFIG (directory of postgresql.conf).
set -euo pipefail

home=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=chart/files/backup-files.sh
. "$home/backup-files.sh"

server=
leave() {
  local status=$?
  trap - EXIT
  [ -z "$server" ] || { kill -QUIT "$server" 2>/dev/null && wait "$server"; } || true
  rm -rf "$PGCHART_SCRATCH/server"
  exit $status
}

# Of the release's configuration only what databases cannot be restored without.
start_server() {
  local data=$PGCHART_SCRATCH/server/data
  rm -rf "$PGCHART_SCRATCH/server"
  mkdir -p "$PGCHART_SCRATCH/server"
  chmod 0700 "$PGCHART_SCRATCH/server"
  run initdb --pgdata="$data" --username=postgres --auth=trust --no-sync --no-instructions --locale=C --encoding=UTF8 >/dev/null
  {
    grep -E '^(shared_preload_libraries|max_locks_per_transaction|max_worker_processes) = ' "$PGCHART_CONFIG/postgresql.conf" || true
    printf "listen_addresses = ''\nunix_socket_directories = '%s'\n" "$PGCHART_SCRATCH/server"
    printf 'fsync = off\nfull_page_writes = off\nwal_level = minimal\nmax_wal_senders = 0\nautovacuum = off\ndynamic_shared_memory_type = mmap\nlog_min_error_statement = panic\n'
  } >>"$data/postgresql.conf"
  export PGHOST=$PGCHART_SCRATCH/server PGUSER=postgres PGOPTIONS='-c statement_timeout=0 -c default_transaction_read_only=off'
  postgres -D "$data" &
  server=$!
  until query 'SELECT 1' >/dev/null 2>&1; do
    kill -0 "$server" 2>/dev/null || refuse "the server did not start; its messages are above"
    sleep 0.2
  done
}

restore_roles() {
  unseal "$directory/globals.sql$suffix" |
    grep -vE '^(CREATE ROLE postgres;|(CREATE|ALTER) TABLESPACE |(GRANT|REVOKE) .* ON TABLESPACE )' >"$PGCHART_SCRATCH/server/globals.sql"
  run psql -X -q -v ON_ERROR_STOP=1 -d template1 -f "$PGCHART_SCRATCH/server/globals.sql"
}

restore_database() { pg_restore --exit-on-error --create --clean --if-exists --no-tablespaces --dbname="$2" < <(unseal "$1"); }

verify_database() {
  local file=$1 database beside=postgres rows
  database=$(pg_restore --list < <(unseal "$file" 2>/dev/null) | sed -n 's/^; *dbname: //p')
  [ -n "$database" ] || refuse "$(basename "$file") is no dump"
  [ "$database" != postgres ] || beside=template1
  say "restoring database $database"
  run restore_database "$file" "$beside"
  count_rows < <(unseal "$file") >"$PGCHART_SCRATCH/server/rows"
  rows=$(PGDATABASE=$database PGCHART_ROWS=$PGCHART_SCRATCH/server/rows psql -X -q -A -t -v ON_ERROR_STOP=1 -f "$home/verify.sql")
  say "database $database: $rows"
}

check_key
trap leave EXIT
name=$(complete_backups | tail -n 1)
[ -n "$name" ] || refuse "there is no backup yet"
directory=$PGCHART_BACKUPS/$name
say "verifying backup $name"
check_backup "$name"
start_server
restore_roles
for file in "$directory"/*.dump"$suffix"; do verify_database "$file"; done
say "backup $name is good"
