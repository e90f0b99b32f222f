#!/usr/bin/env bash
# Makes the backups, beside the server that writes: no API, no hook and no schedule from outside is needed.
#
# As soon as the server beside it writes, it makes the stanza and the first full backup, then follows the schedules.
#
# Environment: PGCHART_STANZA, what beside.sh has, and what pgBackRest itself reads.
# Schedules have stars that are no names of files.
set -euo pipefail -f

home=$(cd "$(dirname "$0")" && pwd)
say() { printf 'pgbackrest: %s\n' "$*"; }
# shellcheck source=chart/files/pgbackrest-said.sh
. "$home/pgbackrest-said.sh"
# shellcheck source=chart/files/beside.sh
. "$home/beside.sh"

pgbackrest_here() { run pgbackrest --stanza="$PGCHART_STANZA" "$@"; }

# What the repository holds of this database, as JSON. The server reads it: the image has no other program for that.
read_info() {
  info=$(pgbackrest --stanza="$PGCHART_STANZA" --output=json --log-level-console=off info 2>/dev/null) || info='[]'
}
ask_info() { query <<<"SELECT $1 FROM (SELECT \$info\$$info\$info\$::json -> 0 AS stanza) AS info" || true; }

count_backups() { ask_info "coalesce(json_array_length(stanza -> 'backup'), 0)"; }
last_backup() { ask_info "coalesce(stanza -> 'backup' -> -1 -> 'timestamp' ->> 'start', '0')"; }
stanza_major() { ask_info "coalesce(stanza -> 'db' -> -1 ->> 'version', '')"; }

failed() { say "error: $1 failed: $(what_it_said "$2")" >&2; }

prepare() {
  prepare_stanza || return 1
  read_info
  seen=$(last_backup)
}

prepare_stanza() {
  local status=0 major
  pgbackrest_here stanza-create || status=$?
  if [ $status -eq 28 ]; then
    # An upgrade made a new database. Of the same version it would be somebody else's.
    read_info
    major=$(query -c "SELECT current_setting('server_version_num')::int / 10000")
    if [ "$(stanza_major)" != "$major" ] && [ -n "$(stanza_major)" ]; then
      say "the database is PostgreSQL $major now, the stanza is of $(stanza_major)"
      status=0
      pgbackrest_here stanza-upgrade || status=$?
    fi
  fi
  [ $status -eq 0 ] || { failed "making the stanza" $status; return 1; }
  pgbackrest_here check || { failed "the check of the archive" $?; return 1; }
}

back_up() {
  local status=0
  say "making a backup: $1"
  pgbackrest_here --type="$1" backup || status=$?
  [ $status -eq 0 ] || { failed "the backup" $status; return 1; }
  read_info
  say "the backup is made; the repository has $(count_backups)"
}

follow_schedules
