#!/usr/bin/env bash
# Makes the backups, beside the server that writes: no API, no hook and no schedule from outside is needed.
#
# As soon as the server beside it writes, it makes the stanza and the first full backup, then follows the schedules. What was due
# while nobody could do it is made up for, for a day. What fails is tried again; the container lives on, since a pod whose container
# ends would be taken from its Service.
#
# Environment: PGCHART_STANZA, PGCHART_SCHEDULES (lines: kind and five fields of plain numbers, in UTC), PGHOST, PGUSER, and what
# pgBackRest itself reads. PGCHART_NOW (may be absent): a file with the time, for tests.
# Schedules have stars that are no names of files.
set -euo pipefail -f

home=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=chart/files/pgbackrest-said.sh
. "$home/pgbackrest-said.sh"

say() { printf 'pgbackrest: %s\n' "$*"; }

# Waits in a way that lets a signal through at once.
run() {
  "$@" &
  child=$!
  local status=0
  wait "$child" || status=$?
  child=
  return $status
}

# A backup that is stopped is taken up by the next one.
child=
trap '[ -z "$child" ] || { kill -TERM "$child" 2>/dev/null || true; wait "$child" || true; }; exit 0' TERM INT

pgbackrest_here() { run pgbackrest --stanza="$PGCHART_STANZA" "$@"; }
query() { psql -X -q -A -t -w -d postgres "$@"; }
is_primary() { [ "$(query -c 'SELECT pg_is_in_recovery()' 2>/dev/null || true)" = f ]; }

# --- time ----------------------------------------------------------------------------------------------------------------

now() { if [ -e "${PGCHART_NOW:-/nonexistent}" ]; then cat "$PGCHART_NOW"; else printf '%(%s)T' -1; fi; }

# Whether a field allows a number.
allows() { [ "$1" = '*' ] || case ,${1#\*}, in *,$2,*) true ;; *) false ;; esac; }

# Whether a schedule's five fields allow a minute, given as seconds. Of two kinds of days either will do, as for a CronJob, unless one
# of them began with `*`.
comes_at() {
  local minute hour day month weekday at
  TZ=UTC printf -v at '%(%-M %-H %-d %-m %w)T' "$1"
  read -r minute hour day month weekday <<<"$at"
  shift
  allows "$1" "$minute" && allows "$2" "$hour" && allows "$4" "$month" || return 1
  case $3,$5 in
    \** | *,\**) allows "$3" "$day" && allows "$5" "$weekday" ;;
    *) allows "$3" "$day" || allows "$5" "$weekday" ;;
  esac
}

# The kind of backup that is due after one time and up to another; the most thorough of several.
due_between() {
  local from=$1 to=$2 minute kind fields wanted=
  for ((minute = from - from % 60 + 60; minute <= to; minute += 60)); do
    while read -r kind fields; do
      # shellcheck disable=SC2086 # five fields
      if [ -z "$kind" ] || ! comes_at "$minute" $fields; then continue; fi
      case $kind-$wanted in
        full-* | diff- | diff-incr | incr-) wanted=$kind ;;
      esac
    done <<<"$PGCHART_SCHEDULES"
  done
  printf '%s' "$wanted"
}

# --- the repository ------------------------------------------------------------------------------------------------------------

# What the repository holds of this database, as JSON. The server reads it: the image has no other program for that.
read_info() {
  info=$(pgbackrest --stanza="$PGCHART_STANZA" --output=json --log-level-console=off info 2>/dev/null) || info='[]'
}
ask_info() { query <<<"SELECT $1 FROM (SELECT \$info\$$info\$info\$::json -> 0 AS stanza) AS info" || true; }

count_backups() { ask_info "coalesce(json_array_length(stanza -> 'backup'), 0)"; }
last_backup() { ask_info "coalesce(stanza -> 'backup' -> -1 -> 'timestamp' ->> 'start', '0')"; }
stanza_major() { ask_info "coalesce(stanza -> 'db' -> -1 ->> 'version', '')"; }

failed() { say "error: $1 failed: $(what_it_said "$2")" >&2; }

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

# --- all its life ------------------------------------------------------------------------------------------------------------------

prepared='' pending='' retry=0
while :; do
  if ! is_primary; then
    prepared='' pending=''
    run sleep 2 || true
    continue
  fi
  time=$(now)
  if [ "$time" -ge "$retry" ] && [ -z "$prepared" ]; then
    retry=$((time + 30))
    if prepare_stanza; then
      read_info
      seen=$(last_backup)
      if [ -n "$seen" ]; then
        prepared=yes retry=0
        [ "$seen" != 0 ] || pending=full
        [ "$seen" -ge $((time - 86400)) ] || seen=$((time - 86400))
        [ "$pending" != full ] || seen=$time
      fi
    fi
  fi
  if [ -n "$prepared" ]; then
    due=$(due_between "$seen" "$time")
    seen=$time
    case $due-$pending in
      full-* | diff- | diff-incr | incr-) pending=$due ;;
    esac
    if [ -n "$pending" ] && [ "$time" -ge "$retry" ]; then
      if back_up "$pending"; then pending=; else retry=$((time + 300)); fi
    fi
  fi
  run sleep 2 || true
done
