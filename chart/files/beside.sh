# shellcheck shell=bash disable=SC2154
# What makes backups beside the server that writes; part of pgbackrest.sh and wal-archive.sh, which say what a backup is.
#
# The container lives on when something fails, and tries again: a pod whose container ends would be taken from its Service. What was due
# while nobody could do it is made up for, for a day.
#
# Environment: PGCHART_SCHEDULES (lines: kind and five fields of plain numbers, in UTC), PGHOST, PGUSER. PGCHART_NOW (may be absent): a
# file with the time, for tests.

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

# --- all its life ------------------------------------------------------------------------------------------------------------------

# Calls `prepare` until it succeeds, which sets `seen` to the time of the last backup, 0 without one, and then `back_up KIND` when it is
# due.
follow_schedules() {
  local prepared='' pending='' retry=0 seen time due
  while :; do
    if ! is_primary; then
      prepared='' pending=''
      run sleep 2 || true
      continue
    fi
    time=$(now)
    if [ "$time" -ge "$retry" ] && [ -z "$prepared" ]; then
      retry=$((time + 30))
      if prepare && [ -n "$seen" ]; then
        prepared=yes retry=0
        [ "$seen" != 0 ] || pending=full
        [ "$seen" -ge $((time - 86400)) ] || seen=$((time - 86400))
        [ "$pending" != full ] || seen=$time
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
}
