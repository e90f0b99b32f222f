#!/usr/bin/env bash
# Makes the volume hold a complete database that matches the release, then ends; the server itself runs afterwards.
#
# First boot: everything happens in PGDATA.new, and one rename makes it PGDATA. A boot that is killed at any moment leaves
# either nothing that counts or the complete database. Later boots: recovery if needed, then the same idempotent SQL. With
# standbys, replication.sh decides what this pod is.
#
# Environment: PGDATA, PGUSER, PGCHART_MAJOR, PGCHART_IMAGE, PGCHART_DATABASE, PGCHART_CONFIG (directory of postgresql.conf),
# PGCHART_INIT (directory of the SQL files that run once; may be absent), PGCHART_WAL_VOLUME (empty: the log stays in PGDATA).
# PGCHART_PATRONI (may be absent) says that Patroni runs the servers. restore.sh has its own. Arguments go to initdb.
set -euo pipefail

home=$(cd "$(dirname "$0")" && pwd)
volume=$(dirname "$PGDATA")
wal_volume=${PGCHART_WAL_VOLUME:-}
patroni=${PGCHART_PATRONI:-}
server=

# shellcheck source=chart/files/declare.sh
. "$home/declare.sh"
# shellcheck source=chart/files/replication.sh
. "$home/replication.sh"
# shellcheck source=chart/files/label.sh
. "$home/label.sh"
# shellcheck source=chart/files/upgrade.sh
. "$home/upgrade.sh"
# shellcheck source=chart/files/restore.sh
. "$home/restore.sh"

# --- one boot at a time --------------------------------------------------------------------------------------------------

# Every process of this boot inherits the lock, and the server container takes it too: whoever holds it, uses the volume.
lock_volume() {
  [ -w "$volume" ] || refuse "$volume is not writable for user $(id -u) (it belongs to $(stat -c '%u:%g, mode %a' "$volume"))" \
    "the volume must honour fsGroup, or belong to this user: chown $(id -u):$(id -g) on the volume's root"
  exec 9>>"$volume/pgchart.lock"
  local status=0
  flock -n 9 || status=$?
  [ $status -ne 0 ] || { locked=yes; return; }
  if [ $status -eq 1 ]; then
    say "another pod uses this volume; waiting until it ends"
    flock 9
    locked=yes
  else
    say "warning: this volume cannot lock files; nothing but Kubernetes keeps a second pod away from it"
    locked=
  fi
}

# Under the lock no server lives, so the process number in the file means nothing, or means an innocent process.
remove_stale_pid() {
  [ -n "$locked" ] || return 0
  rm -f "$PGDATA/postmaster.pid"
}

# initdb insists on a name for the user it runs as.
name_user() {
  getent passwd "$(id -u)" >/dev/null 2>&1 && return
  local library
  for library in /usr/lib/*/libnss_wrapper.so /usr/lib/libnss_wrapper.so /usr/lib64/libnss_wrapper.so; do
    [ -e "$library" ] || continue
    echo "$PGUSER:x:$(id -u):$(id -g)::$volume:/bin/false" >"$scratch/passwd"
    echo "$PGUSER:x:$(id -g):" >"$scratch/group"
    export LD_PRELOAD=$library NSS_WRAPPER_PASSWD=$scratch/passwd NSS_WRAPPER_GROUP=$scratch/group
    return
  done
  refuse "user $(id -u) has no name in this image and the image has no libnss_wrapper" \
    "set image.uid and image.gid to the image's own PostgreSQL user"
}

# --- the temporary server --------------------------------------------------------------------------------------------------

# The release's configuration, reachable through a private socket only. No statement is logged (some carry passwords), no
# commit waits for a standby, and the archive is left to the server proper: an empty command keeps its queue.
#
# Arguments after the directory are options of the server.
start_server() {
  local setting settings=(
    "data_directory=$1" "config_file=$PGCHART_CONFIG/postgresql.conf" "hba_file=$scratch/pg_hba.conf"
    "ident_file=$PGCHART_CONFIG/pg_ident.conf" listen_addresses= "unix_socket_directories=$scratch" unix_socket_permissions=0700
    logging_collector=off log_destination=stderr log_statement=none log_min_duration_statement=-1 log_min_duration_sample=-1 pgaudit.log=none
    log_connections=off log_disconnections=off log_duration=off log_min_error_statement=panic pg_stat_statements.track=none auto_explain.log_min_duration=-1
    synchronous_commit=local synchronous_standby_names= archive_command= archive_library= max_logical_replication_workers=0
  )
  local arguments=()
  for setting in "${settings[@]}"; do arguments+=(-c "$setting"); done
  {
    echo 'local all all trust'
    grep -v '^local' "$PGCHART_CONFIG/pg_hba.conf"
  } >"$scratch/pg_hba.conf"
  # A standby's connections would take the options of this script's sessions for theirs.
  PGOPTIONS='' postgres -D "$1" "${arguments[@]}" "${@:2}" &
  server=$!
  until query 'SELECT 1' >/dev/null 2>&1; do
    kill -0 "$server" 2>/dev/null || refuse "the server did not start; its messages are above"
    sleep 0.1
  done
}

stop_server() {
  kill -INT "$server"
  local status=0 tenths=0
  # A standby waits until its own standbys have what it has; one of them that has more would keep it for ever. Unlike a
  # primary it loses nothing when it ends at once.
  while [ -e "$PGDATA/standby.signal" ] && kill -0 "$server" 2>/dev/null; do
    tenths=$((tenths + 1))
    [ $tenths -ne 100 ] || kill -QUIT "$server"
    sleep 0.1
  done
  wait "$server" || status=$?
  server=
  [ $status -eq 0 ] || refuse "the server did not stop cleanly (status $status); its messages are above"
}

leave() {
  local status=$?
  trap - EXIT
  if [ -n "$server" ]; then
    kill -INT "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  rm -rf "$scratch"
  exit $status
}

# --- the write-ahead log on a volume of its own --------------------------------------------------------------------------------

# A log lives in VOLUME/pgchart.XXXXXX/pg_wal. While `incomplete` lies beside it, no complete database has used it yet.
claim_wal_directory() {
  wal_home=$(mktemp -d "$wal_volume/pgchart.XXXXXX")
  touch "$wal_home/incomplete"
  sync -f "$wal_volume"
}

# The place that PGDATA/pg_wal points to, or nothing.
linked_wal() { readlink "$PGDATA/pg_wal" 2>/dev/null || true; }

# Whether the log belongs to a former primary's data that replication.sh keeps, or to those of another version.
kept_aside() {
  local link
  for link in "$PGDATA".diverged-*/pg_wal "$PGDATA".before-restore-*/pg_wal "$PGDATA".[0-9]*/pg_wal; do
    [ "$(readlink "$link" || true)" != "$1" ] || return 0
  done
  return 1
}

# Leftovers of killed boots go; whatever the database points to stays, and so does what we do not know.
sweep_wal_volume() {
  [ -n "$wal_volume" ] || return 0
  local directory current
  current=$(linked_wal)
  for directory in "$wal_volume"/pgchart.??????; do
    [ -d "$directory" ] || continue
    if [ "$directory/pg_wal" = "$current" ]; then
      rm -f "$directory/incomplete"
    elif [ -e "$directory/incomplete" ] || [ ! -e "$directory/pg_wal" ]; then
      say "removing what a killed boot left in $directory"
      rm -rf "$directory"
    elif kept_aside "$directory/pg_wal"; then
      continue
    elif [ ! -e "$PGDATA/PG_VERSION" ]; then
      refuse "the data volume is empty, but $directory holds the write-ahead log of a complete database" \
        "if the data volume was exchanged by mistake, bring the right one back" \
        "to start anew, delete the claim of the write-ahead log as well"
    else
      say "warning: nothing uses $directory"
    fi
  done
}

# Copies first, then exchanges by two renames; `settle_wal` ends what was killed between them.
move_wal() {
  local target=$1
  say "moving the write-ahead log to $target"
  rm -rf "$PGDATA/pg_wal.copy"
  if [ "$target" = "$PGDATA" ]; then
    cp -a "$PGDATA/pg_wal/." "$PGDATA/pg_wal.copy"
  else
    claim_wal_directory
    cp -a "$PGDATA/pg_wal/." "$wal_home/pg_wal"
    sync -f "$wal_volume"
    ln -s "$wal_home/pg_wal" "$PGDATA/pg_wal.copy"
  fi
  sync -f "$PGDATA"
  mv "$PGDATA/pg_wal.copy" "$PGDATA/pg_wal.new"
  mv "$PGDATA/pg_wal" "$PGDATA/pg_wal.old"
  sync "$PGDATA"
  settle_wal
}

# pg_wal.new is complete whenever it exists; pg_wal is missing only between the two renames.
settle_wal() {
  local old
  if [ -e "$PGDATA/pg_wal.new" ] && [ ! -e "$PGDATA/pg_wal" ] && [ ! -L "$PGDATA/pg_wal" ]; then
    mv "$PGDATA/pg_wal.new" "$PGDATA/pg_wal"
    sync "$PGDATA"
  fi
  old=$(readlink "$PGDATA/pg_wal.old" || true)
  [ -z "$old" ] || [ ! -d "$old" ] || [ "$old" = "$(linked_wal)" ] || rm -rf "$(dirname "$old")"
  rm -rf "$PGDATA/pg_wal.old" "$PGDATA/pg_wal.new" "$PGDATA/pg_wal.copy"
}

place_wal() {
  settle_wal
  local current
  current=$(linked_wal)
  if [ -n "$current" ] && [ -z "$wal_volume" ]; then
    refuse "the write-ahead log of this database is on its own volume, which persistence.wal.enabled: false does not mount" \
      "set persistence.wal.enabled: true again" \
      "to give the volume up, first boot once with it and with extraEnv PGCHART_MOVE_WAL=data, then switch it off"
  elif [ -n "$current" ] && [ ! -d "$current" ]; then
    refuse "the volume at $wal_volume does not hold this database's write-ahead log ($current)" \
      "bring the right volume back; without its log the database cannot be recovered"
  elif [ -n "$current" ] && [ "${PGCHART_MOVE_WAL:-}" = data ]; then
    move_wal "$PGDATA"
  elif [ -z "$current" ] && [ -n "$wal_volume" ] && [ "${PGCHART_MOVE_WAL:-}" != data ]; then
    move_wal "$wal_volume"
  fi
  sweep_wal_volume
}

# --- first boot ------------------------------------------------------------------------------------------------------------------

# Fills a new cluster and puts it into place: as `declared` by the release, or from the `restore` of an upgrade's dump. The other
# arguments are initdb's.
create_database() {
  local content=$1 work=$PGDATA.new location=()
  shift
  say "creating a PostgreSQL $PGCHART_MAJOR database"
  rm -rf "$work"
  sweep_wal_volume
  if [ -n "$wal_volume" ]; then
    claim_wal_directory
    location=("--waldir=$wal_home/pg_wal")
  fi
  run initdb --pgdata="$work" --username="$PGUSER" --auth-local=peer --auth-host=reject --no-instructions "${location[@]}" "$@"
  start_server "$work"
  [ "$content" != restore ] || restore_dump
  try_declaration
  [ "$applied" != no ] || exit 1
  [ "$content" != declared ] || run_init_scripts
  # The scripts may have made the tables; migrations will make the others, and then apply.sh is there.
  [ "$applied" = yes ] || try_declaration
  stop_server
  write_marker "$work"
  [ -z "$wal_volume" ] || sync -f "$wal_volume"
  sync -f "$work"
  [ "$content" != restore ] || mv "$PGDATA" "$PGDATA.$PGCHART_UPGRADE_FROM"
  mv "$work" "$PGDATA"
  sync "$volume"
  sweep_wal_volume
}

# --- later boots -----------------------------------------------------------------------------------------------------------------

# The first eight bytes of pg_control name the database for its whole life.
system_identifier() { od -A n -t u8 -N 8 "$PGDATA/global/pg_control" | tr -d ' '; }

check_owner() {
  [ -O "$PGDATA" ] || refuse "$PGDATA belongs to user $(stat -c %u "$PGDATA"), the server runs as $(id -u)" \
    "set image.uid: $(stat -c %u "$PGDATA"), or chown -R $(id -u):$(id -g) $PGDATA with the server stopped"
}

# Only what this chart has completed is complete for certain.
check_adopted() {
  local identifier
  [ ! -e "$PGDATA/$marker" ] || return 0
  identifier=$(system_identifier)
  [ "${PGCHART_ADOPT:-}" = "$identifier" ] || refuse "this volume holds a database that this chart did not create" \
    "if it is complete, adopt it: set extraEnv PGCHART_ADOPT=\"$identifier\" (its system identifier)" \
    "its superuser must be named $PGUSER; declared roles, databases and passwords are then applied to it"
  say "adopting database $identifier"
  write_marker "$PGDATA"
}

check_database() {
  local major origin
  major=$(cat "$PGDATA/PG_VERSION")
  [ "$major" = "$PGCHART_MAJOR" ] || refuse "this volume holds a PostgreSQL $major database, the release is PostgreSQL $PGCHART_MAJOR" \
    "set postgresql.version: $major again; the data are untouched" \
    "to go to $PGCHART_MAJOR, set upgrade.from: $major as well; the database is then dumped and restored, and the old one kept"
  check_owner
  [ -n "$replicated$patroni" ] || [ ! -e "$PGDATA/standby.signal" ] || refuse "this database is a standby (standby.signal)" \
    "set mode: ha, or promote it, or remove standby.signal to go on as a primary of its own"
  check_adopted
  origin=$(sed -n 's/^libc=//p' "$PGDATA/$marker")
  [ "$origin" = "$(libc)" ] || [ "${PGCHART_LIBC:-}" = "$(libc)" ] || refuse \
    "this database was created with $origin, this image has $(libc): text sorts differently, indexes on text would be corrupt" \
    "go back to an image with $origin (the marker names it: $(sed -n 's/^image=//p' "$PGDATA/$marker"))" \
    "or set extraEnv PGCHART_LIBC=$(libc) and run REINDEX DATABASE in every database before anyone writes"
}

open_database() {
  check_database
  rm -rf "$PGDATA.new"
  # The kubelet may have added the group's bits for fsGroup; the server refuses them.
  chmod 0700 "$PGDATA"
  remove_stale_pid
  place_wal
  if [ -n "$replicated" ]; then
    open_replica
    is_primary || return 0
  fi
  say "opening the database; a recovery takes as long as it takes"
  start_server "$PGDATA"
  try_declaration
  [ "$applied" = yes ] || say "warning: the database is opened as it was; what is declared is not all there"
  stop_server
  sync -f "$PGDATA"
}

# With Patroni, which creates and copies databases itself: is what the volume holds complete, and this release's?
look_over() {
  if [ -e "$PGDATA/global/pg_control" ] && { [ -e "$PGDATA/$marker" ] || [ ! -e "$volume/pgchart.incomplete" ]; }; then
    check_database
    chmod 0700 "$PGDATA"
    place_wal
  elif [ -e "$PGDATA/PG_VERSION" ] && [ ! -e "$PGDATA/backup_label" ] && [ ! -e "$volume/pgchart.incomplete" ]; then
    refuse "$PGDATA has no control file, and nothing says that it is an unfinished copy" \
      "if another pod has the whole database, delete this pod's claim; it is copied anew"
  fi
}

umask 077
rm -rf /tmp/boot.??????
scratch=$(mktemp -d /tmp/boot.XXXXXX)
export PGHOST=$scratch
trap leave EXIT
trap 'say "stopping on request"; exit 143' TERM INT

lock_volume
name_user
if [ -n "${PGCHART_UPGRADE_TO:-}" ]; then
  dump_database
  say "done"
  exit 0
fi
[ -z "$replicated" ] || write_passfile
settle_upgrade
if [ -n "$patroni" ]; then
  look_over
  say "done"
  exit 0
fi
[ ! -d "$PGDATA" ] || rmdir "$PGDATA" 2>/dev/null || true
# A request that was taken back leaves nothing.
[ -n "$request" ] || rm -rf "$PGDATA.restored" "$PGDATA".restored-whole*
if restoring && { [ -z "$replicated" ] || is_primary; }; then
  restore_database
fi
if restoring; then
  follow_restored
elif upgrading; then
  upgrade_database "$@"
elif [ -s "$PGDATA/PG_VERSION" ]; then
  open_database
elif [ -e "$PGDATA" ]; then
  refuse "$PGDATA is not empty and holds no database" "look at what it is and move it away"
elif [ -n "$replicated" ] && ! is_primary; then
  clone_database
else
  [ -z "$replicated" ] || refuse_beside_a_database
  create_database declared "$@"
fi
[ -z "${PGCHART_NAMESPACE:-}" ] || label_pod
say "done"
