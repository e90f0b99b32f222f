# shellcheck shell=bash disable=SC2154,SC2034
# Standbys and the primary of a release with several servers; part of boot.sh.
#
# The values say which pod writes (PGCHART_PRIMARY); nobody is elected. Each pod asks the others before it writes: while one of
# them still does, it stays a standby and follows it to its end, so that a change of the primary loses nothing.
#
# Environment: PGCHART_POD (this pod's name), PGCHART_SERVERS (how many), PGCHART_PRIMARY (the number that writes), PGCHART_DOMAIN
# (the headless Service), PGCHART_REPLICATION_ROLE and _PASSWORD, PGCHART_CONNINFO (libpq's words for encryption; may be absent),
# PGCHART_SYNCHRONOUS (standbys that a commit waits for, 0 for none), PGCHART_RECLONE (yes or no), PGCHART_PEER_WAIT (seconds to
# look for others before a first boot, default 15),
# PGCHART_PROMOTE (`anyway`: promotes although a standby that may know more cannot be asked).

replicated=${PGCHART_POD:+yes}
pod=${PGCHART_POD:-}
number=${pod##*-}
pods=${pod%-*}
passfile=/var/run/postgresql/replication.pass

address() { printf '%s-%s.%s' "$pods" "$1" "$PGCHART_DOMAIN"; }
slot_of() { local name=${pods//-/_}_$1; printf '%s' "${name//./_}"; }
is_primary() { [ "$number" = "$PGCHART_PRIMARY" ]; }
peers() { local n; for ((n = 0; n < PGCHART_SERVERS; n++)); do [ "$n" = "$number" ] || echo "$n"; done; }

# A standby reads the password from a file that nobody else may read: a Secret's volume would be too open for libpq.
write_passfile() {
  local role=${PGCHART_REPLICATION_ROLE//\\/\\\\} password=${PGCHART_REPLICATION_PASSWORD//\\/\\\\}
  printf '*:*:*:%s:%s\n' "${role//:/\\:}" "${password//:/\\:}" >"$passfile.new"
  mv "$passfile.new" "$passfile"
}

conninfo() {
  local role=${PGCHART_REPLICATION_ROLE//\\/\\\\}
  printf "host=%s port=5432 user='%s' passfile=%s application_name=%s connect_timeout=5 keepalives_idle=30 keepalives_interval=10 keepalives_count=3 %s %s" \
    "$(address "$1")" "${role//\'/\\\'}" "$passfile" "$PGCHART_POD" "${PGCHART_CONNINFO:-}" "${2:-dbname=postgres}"
}

ask() { PGOPTIONS='' psql -X -q -A -t -w "$(conninfo "$1" "${3:-dbname=postgres}")" -c "$2" 2>"$scratch/asked"; }

# What another pod is: primary, standby, busy (it starts or stops), silent, or unknown when it does not tell.
state_of() {
  local recovery status=0
  if recovery=$(ask "$1" 'SELECT pg_is_in_recovery()'); then
    if [ "$recovery" = f ]; then echo primary; else echo standby; fi
    return
  fi
  pg_isready -q -t 3 -h "$(address "$1")" -p 5432 || status=$?
  case $status in
    0) echo unknown ;;
    1) echo busy ;;
    *) echo silent ;;
  esac
}

# Sets `writer` to the pod that writes now, or to nothing. Pods that start get a while to tell; one that will not tell may be it.
find_writer() {
  local n state busy until=$((SECONDS + 30))
  while :; do
    busy=
    for n in $(peers); do
      state=$(state_of "$n")
      writer=$n
      case $state in
        primary) return ;;
        unknown)
          patiently "$pods-$n does not tell what it is: $(tr '\n' ' ' <"$scratch/asked")"
          busy=$n until=$((SECONDS + 30))
          ;;
        busy) busy=$n ;;
      esac
    done
    writer=
    [ -n "$busy" ] && [ $SECONDS -lt $until ] || return 0
    run sleep 1
  done
}

# System identifier, timeline and position of the log, of another pod.
identity_of() { ask "$1" IDENTIFY_SYSTEM 'replication=true' | cut -d '|' -f 1-3 | tr '|' ' '; }

# A position of the log as one number.
position() {
  local high=${1%/*} low=${1#*/}
  echo $((16#${high:-0} * 4294967296 + 16#${low:-0}))
}

# Says something at most every fifteen seconds.
patiently() {
  if [ "${said:-}" != "$1" ] || [ $((SECONDS - said_at)) -ge 15 ]; then
    say "$*"
    said=$1 said_at=$SECONDS
  fi
  run sleep 1
}

own_timeline() { controldata "Latest checkpoint's TimeLineID"; }
controldata() { pg_controldata -D "$PGDATA" | sed -n "s/^$1: *//p"; }

# --- the first boot of a pod -----------------------------------------------------------------------------------------------

# An empty volume where the others hold a database is a lost volume, not a new database.
refuse_beside_a_database() {
  local n until=$((SECONDS + ${PGCHART_PEER_WAIT:-15}))
  say "looking for other pods with a database"
  while [ $SECONDS -lt $until ]; do
    for n in $(peers); do
      [ "$(state_of "$n")" != silent ] || continue
      refuse "this volume is empty, but pod $pods-$n has a database: a new one here would take its place" \
        "set replication.primaryOrdinal: $n, and this pod copies that database" \
        "to start anew, delete the claims of all pods"
    done
    run sleep 1
  done
}

# A slot keeps the log for a standby that is away, within max_slot_wal_keep_size.
ensure_slot() {
  ask "$1" "CREATE_REPLICATION_SLOT \"$(slot_of "$number")\" PHYSICAL RESERVE_WAL" 'replication=true' >/dev/null ||
    grep -q 'already exists' "$scratch/asked"
}

clone_database() {
  local work=$PGDATA.new writer location=()
  find_writer
  until [ -n "$writer" ] && ensure_slot "$writer"; do
    patiently "waiting for a primary to copy from; $pods-$PGCHART_PRIMARY is to be it"
    find_writer
  done
  say "copying the database of $pods-$writer"
  rm -rf "$work"
  sweep_wal_volume
  if [ -n "$wal_volume" ]; then
    claim_wal_directory
    location=("--waldir=$wal_home/pg_wal")
  fi
  PGOPTIONS='' run pg_basebackup -d "$(conninfo "$writer" ' ')" -w -D "$work" -X stream -c fast -S "$(slot_of "$number")" "${location[@]}"
  rm -rf "$work"/pg_replslot/*
  touch "$work/standby.signal"
  [ -z "$wal_volume" ] || sync -f "$wal_volume"
  sync -f "$work"
  mv "$work" "$PGDATA"
  sync "$volume"
  rm -f "$volume/pgchart.rewinding"
  sweep_wal_volume
}

# --- standbys ----------------------------------------------------------------------------------------------------------------

check_identity() {
  local theirs=$1 ours
  ours=$(system_identifier)
  [ "$theirs" = "$ours" ] || refuse "$pods-$2 has another database ($theirs) than this volume ($ours)" \
    "one of both is no part of this release: look at it, and move it away or delete its claim"
}

# A former primary has what nobody else may have. Only a primary can say up to where both agree.
rejoin() {
  local source=$1 identity
  identity=$(identity_of "$source")
  check_identity "${identity%% *}" "$source"
  say "making this former primary a standby of $pods-$source"
  ensure_slot "$source"
  touch "$volume/pgchart.rewinding"
  sync "$volume"
  if PGOPTIONS='' run pg_rewind --target-pgdata="$PGDATA" --source-server="$(conninfo "$source")" --config-file="$scratch/rewind.conf"; then
    forget_slots
    touch "$PGDATA/standby.signal"
    sync -f "$PGDATA"
    rm -f "$volume/pgchart.rewinding"
  elif [ "${PGCHART_RECLONE:-}" = yes ]; then
    set_aside
    clone_database
  else
    refuse "this former primary cannot be rewound; the reason is above" \
      "set replication.reclone: true, or delete this pod's claims and the pod: it then copies $pods-$source"
  fi
}

# The server that pg_rewind starts to end a recovery must find nothing that waits or archives.
write_rewind_configuration() {
  {
    grep -E '^(shared_preload_libraries|max_[a-z_]+|wal_[a-z_]+|shared_buffers) = ' "$PGCHART_CONFIG/postgresql.conf" || true
    printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$scratch'" "restore_command = ''" "archive_mode = off"
  } >"$scratch/rewind.conf"
}

set_aside() {
  local aside
  aside=$PGDATA.diverged-$(date -u +%Y%m%dT%H%M%S)
  say "keeping the former primary's data in $aside; delete it when nobody needs it"
  mv "$PGDATA" "$aside"
  rm -f "$volume/pgchart.rewinding"
  sync "$volume"
}

# A killed boot leaves either the database or what the next boot removes.
discard_database() {
  local log
  log=$(linked_wal)
  rm -rf "$PGDATA.new"
  [ -z "$log" ] || touch "$(dirname "$log")/incomplete"
  mv "$PGDATA" "$PGDATA.new"
  sync "$volume"
}

# Slots of a former primary would keep its log for ever. The server is down, and a slot is its directory.
forget_slots() { rm -rf "$PGDATA/pg_replslot/${pods//[-.]/_}_"*; }

# A standby starts without anybody: it may be all that is left.
follow() {
  local identity status
  forget_slots
  identity=$(identity_of "$PGCHART_PRIMARY" || true)
  [ -n "$identity" ] || { say "starting as a standby; $pods-$PGCHART_PRIMARY does not answer yet"; return; }
  check_identity "${identity%% *}" "$PGCHART_PRIMARY"
  status=$(ask "$PGCHART_PRIMARY" "SELECT wal_status FROM pg_replication_slots WHERE slot_name = '$(slot_of "$number")'" || true)
  if [ "$status" = lost ]; then
    [ "${PGCHART_RECLONE:-}" = yes ] || refuse "the log that this standby needs is gone from $pods-$PGCHART_PRIMARY" \
      "set replication.reclone: true, or delete this pod's claims and the pod: it then copies the database anew"
    say "the log that this standby needs is gone; copying the database anew"
    ask "$PGCHART_PRIMARY" "DROP_REPLICATION_SLOT \"$(slot_of "$number")\"" 'replication=true' >/dev/null || true
    discard_database
    clone_database
  else
    ensure_slot "$PGCHART_PRIMARY" || say "warning: no slot on $pods-$PGCHART_PRIMARY: $(tr '\n' ' ' <"$scratch/asked")"
    say "starting as a standby of $pods-$PGCHART_PRIMARY"
  fi
}

# --- the primary ---------------------------------------------------------------------------------------------------------------

# The standby that is to write: follows whoever writes until that one has ended, takes what other standbys know more, and only
# then stops being a standby. Meanwhile everybody can read from it, nobody can write to it.
take_over() {
  local source='' writer reachable more best seen=0
  say "this standby is to become the primary"
  while :; do
    find_writer
    if [ -n "$writer" ]; then
      follow_for_now "$writer"
      seen=$(position "$(identity_of "$writer" | cut -d ' ' -f 3)")
      if [ "$(query 'SELECT status FROM pg_stat_wal_receiver')" = streaming ]; then
        patiently "$pods-$writer still is the primary; end it, and this pod takes over: kubectl delete pod $pods-$writer"
      else
        patiently "$pods-$writer is the primary, and this pod does not follow it yet"
      fi
      continue
    fi
    if [ -n "$source" ] && [ "$(state_of "$source")" = busy ]; then
      patiently "waiting until $pods-$source has ended"
      continue
    fi
    [ -n "$server" ] || follow_for_now ''
    survey
    if [ "$best" -lt "$seen" ] && [ "${PGCHART_PROMOTE:-}" != anyway ]; then
      patiently "$pods-$source wrote what no standby has; bring it back," \
        "or set extraEnv PGCHART_PROMOTE=anyway and lose what only it knows"
    elif [ -n "$more" ]; then
      follow_for_now "$more"
      patiently "$pods-$more has more of the log; taking it from there"
    elif [ "$reachable" -lt "$(standbys_to_ask)" ] && [ "${PGCHART_PROMOTE:-}" != anyway ]; then
      patiently "only $reachable of $((PGCHART_SERVERS - 1)) standbys can be asked, and a commit may be on another one; bring it back," \
        "or set extraEnv PGCHART_PROMOTE=anyway and lose what only it knows"
    else
      break
    fi
  done
  stop_server
  start_server "$PGDATA" -c primary_conninfo=
  say "promoting"
  query 'SELECT pg_promote(true, 86400)' >/dev/null
  stop_server
}

# With `k` standbys for each commit, it is on one of any `n - k + 1`; without, all that answer are asked and that is it.
standbys_to_ask() {
  if [ "${PGCHART_SYNCHRONOUS:-0}" -gt 0 ]; then
    echo $((PGCHART_SERVERS - PGCHART_SYNCHRONOUS))
  else
    echo 0
  fi
}

# Sets `best`, the furthest position among the standbys, `reachable`, this pod included, and `more`: the pod that is there when
# it is another.
survey() {
  local n identity
  best=$(position "$(query 'SELECT greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())')")
  reachable=1 more=
  for n in $(peers); do
    identity=$(identity_of "$n" || true)
    [ -n "$identity" ] || continue
    reachable=$((reachable + 1))
    if [ "$(position "${identity##* }")" -gt "$best" ]; then
      best=$(position "${identity##* }")
      more=$n
    fi
  done
}

# The temporary server as a standby of `$1`, or of nobody; reachable, so that others can ask it and copy from it.
follow_for_now() {
  if [ -n "$server" ]; then
    [ "$1" != "$source" ] || return 0
    stop_server
  fi
  source=$1
  local upstream=''
  [ -z "$1" ] || upstream=$(conninfo "$1" ' ')
  start_server "$PGDATA" -c listen_addresses='*' -c "primary_conninfo=$upstream" -c primary_slot_name=
}

# Before a database that is no standby is opened for writing: is it still the right one?
refuse_a_second_primary() {
  local n identity timeline
  timeline=$(own_timeline)
  for n in $(peers); do
    identity=$(identity_of "$n" || true)
    [ -n "$identity" ] || continue
    # Who has not followed a restore yet has another history, and maybe another database.
    [ -z "$request" ] || [ "$(restored_by "$n")" = "$request" ] || continue
    check_identity "${identity%% *}" "$n"
    identity=${identity#* }
    [ "${identity%% *}" -le "$timeline" ] || refuse "$pods-$n was promoted after this database had stopped (timeline ${identity%% *}, here $timeline)" \
      "set replication.primaryOrdinal: $n; this pod then becomes its standby" \
      "to go back to this one, do so first and change it back when this pod follows"
  done
}

# One slot for each other pod, none for those that are gone. A slot that is in use stays.
declare_slots() {
  local n wanted=()
  for n in $(peers); do wanted+=("$(slot_of "$n")"); done
  sql -v wanted="${wanted[*]}" -v prefix="${pods//[-.]/_}_" -f "$home/slots.sql"
}

# --- which of all these ----------------------------------------------------------------------------------------------------------

# Leaves a database that this pod may serve: as primary it is complete, as standby it follows.
open_replica() {
  local writer
  if [ -e "$volume/pgchart.rewinding" ]; then
    say "a rewind was interrupted; its data are of no use"
    set_aside
    clone_database
    return
  fi
  if [ -e "$PGDATA/standby.signal" ]; then
    if is_primary; then take_over; else follow; fi
    return
  fi
  write_rewind_configuration
  find_writer
  if is_primary; then
    [ -n "$writer" ] || { refuse_a_second_primary; return; }
    rejoin "$writer"
    take_over
  else
    until [ -n "$writer" ]; do
      patiently "this pod was the primary; $pods-$PGCHART_PRIMARY is to become it, once it has restarted: kubectl delete pod $pods-$PGCHART_PRIMARY"
      find_writer
    done
    rejoin "$writer"
  fi
}
