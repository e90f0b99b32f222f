#!/bin/sh
# Runs Pgpool-II: writes the file with the passwords that it knows, has it read what changes, starts it anew for another
# certificate, and lets sessions end when it is to stop.
#
# Environment: PGCHART_GRACE (seconds until it is killed). Any shell will do.
set -eu

config=/etc/pgpool
run=/var/run/pgpool
passwords=/etc/pgpool-passwords
# Where images have it.
PATH=$PATH:/opt/pgpool-II/bin:/opt/bitnami/pgpool/bin
umask 077

# The servers ask for SCRAM, which takes the password itself: a verifier would not do. The file is in memory. Of a line, Pgpool-II
# reads 128 bytes after the role, and `:` ends them.
write_passwords() {
  for file in "$passwords"/*; do
    password=
    IFS= read -r password <"$file" || [ -n "$password" ] || continue
    if [ "$(printf %s "$password" | wc -c)" -gt 124 ]; then
      echo "pgpool: the password of role ${file##*/} has more than 124 bytes, and Pgpool-II takes no longer ones" >&2
      continue
    fi
    printf '%s:TEXT' "${file##*/}"
    printf '%s\n' "$password" | sed 's/[\\:]/\\&/g'
  done >"$run/pool_passwd.new"
  mv "$run/pool_passwd.new" "$run/pool_passwd"
}

# What is mounted changes as a whole: then these links point elsewhere.
readable() { readlink "$config/..data" "$passwords/..data" || true; }
certificates() { readlink /etc/pgpool-tls/..data /etc/pgpool-ca/..data || true; }

# Up to a quarter of a minute, so that the pods do not start anew all at once.
a_while() { sleep "$(($(od -An -N1 -tu1 /dev/urandom) / 16))"; }

# Ends Pgpool-II. Sessions get some seconds, and are then ended one by one: it hears no second signal itself.
end() { # SECONDS
  kill -TERM "$pgpool" 2>/dev/null || return 0
  left=$1
  while [ "$left" -gt 0 ] && kill -0 "$pgpool" 2>/dev/null; do
    sleep 1
    left=$((left - 1))
  done
  sessions=$(cat "/proc/$pgpool/task/$pgpool/children" 2>/dev/null) || return 0
  for session in $sessions; do
    kill -INT "$session" 2>/dev/null || true
  done
}

follow_changes() {
  known=$1 shown=$2
  while sleep 5 && kill -0 "$pgpool" 2>/dev/null; do
    now=$(readable)
    if [ "$now" != "$known" ]; then
      echo "pgpool: configuration or passwords have changed; Pgpool-II reads them anew"
      write_passwords || continue
      known=$now
      kill -HUP "$pgpool"
    fi
    if [ "$(certificates)" != "$shown" ]; then
      echo "pgpool: certificates have changed; Pgpool-II starts anew, for which sessions get five seconds"
      a_while
      : >"$run/again"
      end 5
      return
    fi
  done
}

# Until every node knows that this pod is going, clients still come.
# shellcheck disable=SC2317 # the trap calls it
stop() {
  trap '' TERM INT
  rm -f "$run/again"
  echo "pgpool: stopping; sessions get until the end of the grace period"
  (sleep 5 && end $((PGCHART_GRACE - 10))) &
}

# The end of Pgpool-II: a signal ends `wait` early, and then the next one tells its own status; 127 says that it was told already.
status_of_pgpool() {
  status=0
  wait "$pgpool" || status=$?
  while [ "$status" -gt 128 ]; do
    again=0
    wait "$pgpool" 2>/dev/null || again=$?
    [ "$again" -ne 127 ] || break
    status=$again
  done
}

trap stop TERM INT
while :; do
  rm -f "$run/again" "$run/pgpool.pid"
  read_before=$(readable) shown_before=$(certificates)
  write_passwords
  # -n: in the foreground. -D: what it remembers of servers is of another pod's time.
  pgpool -n -D -f "$config/pgpool.conf" -a "$config/pool_hba.conf" -F "$config/pcp.conf" &
  pgpool=$!
  follow_changes "$read_before" "$shown_before" &
  status_of_pgpool
  [ -e "$run/again" ] || exit "$status"
done
