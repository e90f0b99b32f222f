#!/usr/bin/env bash
# Makes one backup: a dump of each database and the roles. Nothing has the name of a backup before all of it was written down, read
# again in full and summed up; then older ones go, if there are too many.
#
# Environment: libpq's (PGHOST, PGUSER, PGPASSWORD, PGSSLMODE, …), that of backup-files.sh, PGCHART_BACKUP_DATABASES (names, one a line;
# empty: all), PGCHART_RELEASE, and that of retention.sh where this script is to delete backups. Arguments are options of pg_dump.
set -euo pipefail

home=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=chart/files/backup-files.sh
. "$home/backup-files.sh"
# shellcheck source=chart/files/retention.sh
. "$home/retention.sh"

work=
leave() {
  local status=$?
  trap - EXIT
  [ -z "$work" ] || rm -rf "$work"
  exit $status
}

# One at a time, also with a Job that somebody has started by hand.
lock_backups() {
  mkdir -p "$PGCHART_BACKUPS"
  exec 9>>"$PGCHART_BACKUPS/.lock"
  local status=0
  flock -n 9 || status=$?
  [ $status -ne 1 ] || refuse "another backup is being made"
  [ $status -eq 0 ] || say "warning: this volume cannot lock files; nothing but the CronJob keeps a second run away"
}

# Names are separated by the one byte that none of them has.
list_databases() {
  psql -X -q -A -t -0 -v ON_ERROR_STOP=1 -d postgres \
    -c "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname" >"$work/databases"
  local name
  databases=()
  while IFS= read -r -d '' name; do
    [[ $name != *[[:cntrl:]]* ]] || refuse "the name of a database has a line break; no backup can have it" "rename it"
    databases+=("$name")
  done <"$work/databases"
  rm "$work/databases"
  [ -n "${PGCHART_BACKUP_DATABASES:-}" ] || return 0
  local wanted=() known
  while IFS= read -r name; do
    known=
    for other in "${databases[@]}"; do [ "$other" != "$name" ] || known=yes; done
    [ -n "$known" ] || refuse "there is no database $name" "correct backup.databases"
    wanted+=("$name")
  done <<<"$PGCHART_BACKUP_DATABASES"
  databases=("${wanted[@]}")
}

# Its own output pg_dump takes for something that it can only add to, and a dump then has no places of what is in it.
dump_one() {
  if [ -n "$key" ]; then
    PGDATABASE=$1 pg_dump --format=custom "${@:3}" | seal >"$2"
  else
    PGDATABASE=$1 pg_dump --format=custom --file="$2" "${@:3}"
  fi
}

dump_database() {
  local database=$1 file rows=0 count name
  file=$(file_of "$database")
  say "dumping database $database"
  run dump_one "$database" "$work/$file.partial" "${@:2}"
  sync "$work/$file.partial"
  count_rows < <(unseal "$work/$file.partial") >"$work/rows" || refuse "the dump of database $database cannot be read again"
  while IFS=$'\t' read -r count name; do rows=$((rows + count)); done <"$work/rows"
  rm "$work/rows"
  mv "$work/$file.partial" "$work/$file"
  describe "$file" "\"name\": $(json "$database"), \"rows\": $rows, "
  say "database $database: $rows rows, $(stat -c %s "$work/$file") bytes"
}

# Passwords stay in the Secret, which every boot of the release gives to the roles again.
dump_roles() {
  say "dumping roles"
  run pg_dumpall --globals-only --no-role-passwords --file="$work/globals.partial"
  grep -q '^-- PostgreSQL database cluster dump complete' "$work/globals.partial" || refuse "the dump of the roles is not complete"
  seal <"$work/globals.partial" >"$work/globals.sql$suffix"
  rm "$work/globals.partial"
  sync "$work/globals.sql$suffix"
  describe "globals.sql$suffix" ""
}

# One line of the manifest.
describe() {
  local sum
  sum=$(sha256sum "$work/$1")
  described+=("{$2\"file\": $(json "$1"), \"size\": $(stat -c %s "$work/$1"), \"sha256\": \"${sum%% *}\"}")
}

write_manifest() {
  local last=$((${#described[@]} - 1)) i
  {
    printf '{\n  "name": "%s",\n  "release": %s,\n' "$name" "$(json "$PGCHART_RELEASE")"
    printf '  "started": "%s",\n  "ended": "%s",\n' "$started" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    printf '  "serverVersion": %s,\n  "standby": %s,\n  "lsn": "%s",\n' "$(json "$version")" "$standby" "$lsn"
    printf '  "encrypted": %s,\n  "globals": %s,\n  "databases": [\n' "$([ -n "$key" ] && echo true || echo false)" "${described[0]}"
    for ((i = 1; i <= last; i++)); do printf '    %s%s\n' "${described[i]}" "$([ $i -eq $last ] || echo ,)"; done
    printf '  ]\n}\n'
  } >"$work/manifest.json"
  (cd "$work" && sha256sum -- *.dump* globals.sql* manifest.json >SHA256SUMS)
  [ -z "$key" ] || authenticate "$name" "$work/SHA256SUMS" >"$work/SHA256SUMS.hmac"
  sync "$work"/*
}

# A backup that goes loses its name first.
prune() {
  local old all
  all=$(complete_backups | doomed)
  for old in $all; do
    say "removing backup $old"
    mv "$PGCHART_BACKUPS/$old" "$PGCHART_BACKUPS/$old.partial"
    rm -rf "$PGCHART_BACKUPS/$old.partial"
  done
}

umask 027
check_key
lock_backups
rm -rf "$PGCHART_BACKUPS"/*.partial
started=$(date -u +%Y-%m-%dT%H:%M:%SZ)
name=${started//[-:]/}
[ ! -e "$PGCHART_BACKUPS/$name" ] || refuse "backup $name is there already"
trap leave EXIT
work=$PGCHART_BACKUPS/$name.partial
mkdir "$work"
described=()
IFS='|' read -r version standby lsn < <(query "SELECT current_setting('server_version'),
  CASE WHEN pg_is_in_recovery() THEN 'true' ELSE 'false' END,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END") || refuse "the server does not answer"
list_databases
dump_roles
for database in "${databases[@]}"; do dump_database "$database" "$@"; done
write_manifest
mv "$work" "$PGCHART_BACKUPS/$name"
work=
sync "$PGCHART_BACKUPS"
say "backup $name is complete"
[ -z "${PGCHART_KEEP_MINIMUM:-}" ] || prune
