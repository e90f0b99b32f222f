#!/usr/bin/env bash
# Runs the server, or Patroni, under the volume's lock: no second pod on this node can open the same files.
#
# It stays the container's first process on purpose. What `kubectl exec` leaves behind becomes a child of the first process,
# and a postmaster takes a child that it does not know, and that ends badly, for a crashed backend: it would restart all.
# And a stop is a fast shutdown, whichever signal the image asks for.
set -euo pipefail

exec 9>>"$(dirname "$PGDATA")/pgchart.lock"
status=0
flock -n 9 || status=$?
case $status in
  # Under the lock no other server lives, so a process number in the file means nothing.
  0) rm -f "$PGDATA/postmaster.pid" ;;
  1)
    echo "serve: error: another server uses this volume" >&2
    exit 1
    ;;
esac

if [ -n "${PATRONI_NAME:-}" ]; then
  # shellcheck source=chart/files/patroni.sh
  . "$(dirname "$0")/patroni.sh"
  prepare_patroni
  set -- patroni "$patroni_config"
  fast=TERM immediate=TERM
else
  set -- postgres -D "$PGDATA" "$@"
  fast=INT immediate=QUIT
fi

if [ -n "${PGCHART_POD:-}" ]; then
  slot=${PGCHART_POD//-/_}
  set -- "$@" -c "cluster_name=$PGCHART_POD" -c "primary_slot_name=${slot//./_}"
fi

# Standbys ask for it, before they copy a primary that is to be restored.
if [ -z "${PATRONI_NAME:-}" ] && [ -s "$PGDATA/pgchart.restored" ]; then
  set -- "$@" -c "pgchart.restored=$(cat "$PGDATA/pgchart.restored")"
fi

# A standby refuses to run with less of these than its primary had; a smaller value has to wait until the primary has it.
if [ -z "${PATRONI_NAME:-}" ] && [ -e "$PGDATA/standby.signal" ]; then
  while IFS=: read -r name needed; do
    name=${name% setting}
    name=${name/_xact/_transaction}
    configured=$("$@" -C "$name" 2>/dev/null || echo 0)
    [ "$configured" -ge "${needed// /}" ] || set -- "$@" -c "$name=${needed// /}"
  done < <(pg_controldata -D "$PGDATA" | grep -E '^max_[a-z_]+ setting:')
fi

# A Secret that changes comes as a new target of this link. The server reads certificates when it is told to; when the new ones
# do not fit each other, it says so and keeps the old ones.
mounted=${PGCHART_TLS:+$(readlink "$PGCHART_TLS/..data" || true)}
watch_certificates() {
  local now
  # The lock is the server's; whatever outlives it must not hold it.
  exec 9>&-
  while sleep 10 && kill -0 "$server" 2>/dev/null; do
    now=$(readlink "$PGCHART_TLS/..data") || continue
    [ "$now" != "$mounted" ] || continue
    echo "serve: the certificates have changed; the server reads them anew"
    mounted=$now
    kill -HUP "$server"
  done
}

# The server writes JSON to files only. They are carried to the container's output, each through a descriptor of its own that
# remembers how far it was read; a file that the server has left is then deleted. It writes on for a moment after it has begun
# another, and what is no message of its own (a library's words) is text in a file beside.
carry_log() {
  local file fd running=yes
  local -A open=()
  exec 9>&-
  set +e
  shopt -s nullglob
  while [ -n "$running" ]; do
    sleep 0.5
    kill -0 "$server" 2>/dev/null || running=
    # The collector of the log ends a little after the server.
    [ -n "$running" ] || sleep 0.5
    for file in "$PGCHART_LOG"/server-*; do
      if [ -z "${open[$file]:-}" ]; then
        exec {fd}<"$file" || continue
        open[$file]=$fd
      fi
      case $file in
        *.json) cat <&"${open[$file]}" ;;
        *) sed 's/[[:cntrl:]]/ /g; s/[\\"]/\\&/g; s/.*/{"error_severity":"LOG","message":"&"}/' <&"${open[$file]}" ;;
      esac
      if [ -z "$running" ] || is_left "$file"; then
        fd=${open[$file]}
        exec {fd}<&-
        unset "open[$file]"
        rm -f "$file"
      fi
    done
  done
}
# Whether the server writes to a file no more. It says where it writes JSON; of the files beside, it writes to the latest.
is_left() {
  local other later=
  case $1 in
    *.json) ! grep -qsF "$1" "$PGDATA/current_logfiles" || return 1 ;;
    *)
      for other in "$PGCHART_LOG"/server-*.log; do [ ! "$other" -nt "$1" ] || later=yes; done
      [ -n "$later" ] || return 1
      ;;
  esac
  [ $(($(date +%s) - $(stat -c %Y "$1"))) -gt 10 ]
}

"$@" &
server=$!
if [ -n "${PGCHART_TLS:-}" ]; then watch_certificates & fi
carrier=
if [ -n "${PGCHART_LOG:-}" ]; then
  carry_log &
  carrier=$!
fi

# A standby waits until its own standbys have what it has; one of them that has more would keep it until it is killed.
# shellcheck disable=SC2317 # the traps call it
stop() {
  kill "-$fast" "$server" 2>/dev/null || true
  [ "$fast" = TERM ] || [ ! -e "$PGDATA/standby.signal" ] || { sleep 10 9>&- && kill -QUIT "$server" 2>/dev/null; } 9>&- &
}
trap stop INT TERM
trap 'kill "-$immediate" "$server" 2>/dev/null || true' QUIT
trap 'kill -HUP $server 2>/dev/null || true' HUP

# A signal ends `wait` before the server has ended. Asked once more afterwards, it tells the server's own status.
while kill -0 "$server" 2>/dev/null; do wait "$server" || true; done
status=0
wait "$server" || status=$?
[ -z "$carrier" ] || wait "$carrier" || true
exit "$status"
