# shellcheck shell=bash disable=SC2154,SC2034
# Takes a database to another major version by dump and restore; part of boot.sh, in two containers.
#
# `upgrade` runs the old image: it dumps what the volume holds. `boot` runs the new one: it restores into a new directory, and only a
# complete one takes the old one's place. Until then the old database is as it was, and going back is a change of the version.
#
# Environment: PGCHART_UPGRADE_FROM (the old major; empty: no upgrade), PGCHART_UPGRADE_JOBS (how many tables at a time),
# PGCHART_UPGRADE_KEEP (yes: the old database stays on the volume), and in the old image PGCHART_UPGRADE_TO (the new major).

dump=$volume/pgchart.upgrade

upgrading() {
  [ -n "${PGCHART_UPGRADE_FROM:-}" ] && [ "$(cat "$PGDATA/PG_VERSION" 2>/dev/null)" = "$PGCHART_UPGRADE_FROM" ]
}

# What a dump is a dump of: a database that was opened since is another one.
dumped_state() { printf '%s %s\n' "$(system_identifier)" "$(controldata 'Latest checkpoint location')"; }

# --- in the old image --------------------------------------------------------------------------------------------------------

dump_database() {
  upgrading || { say "nothing here is PostgreSQL $PGCHART_UPGRADE_FROM"; return; }
  [ ! -e "$PGDATA/standby.signal" ] || { say "a standby; it copies the upgraded primary"; return; }
  check_owner
  check_adopted
  chmod 0700 "$PGDATA"
  remove_stale_pid
  if [ "$(cat "$dump/state" 2>/dev/null)" = "$(dumped_state)" ]; then
    say "an earlier boot has dumped this database"
    return
  fi
  rm -rf "$dump" "$dump.new"
  mkdir "$dump.new"
  write_old_configuration
  say "dumping PostgreSQL $PGCHART_UPGRADE_FROM; it takes as long as it takes"
  start_server "$PGDATA"
  refuse_what_no_dump_holds
  compare_space
  run pg_dumpall --globals-only --file="$dump.new/globals.sql"
  local database size
  query "SELECT pg_size_pretty(pg_database_size(oid)), datname FROM pg_database WHERE datallowconn ORDER BY datname" >"$scratch/databases"
  while IFS='|' read -r size database; do
    say "dumping database $database ($size)"
    PGDATABASE=$database run pg_dump --format=directory --jobs="$PGCHART_UPGRADE_JOBS" --create --clean --if-exists \
      --file="$dump.new/$(printf %s "$database" | sha256sum | cut -c 1-32)"
  done <"$scratch/databases"
  stop_server
  dumped_state >"$dump.new/state"
  sync -f "$dump.new"
  mv "$dump.new" "$dump"
  sync "$volume"
}

# The release's configuration is for the new version. The old server only needs what it cannot run without.
write_old_configuration() {
  local name='shared_preload_libraries|max_connections|max_worker_processes|max_wal_senders|max_prepared_transactions|max_locks_per_transaction'
  mkdir "$scratch/old"
  grep -E "^($name) = " "$PGCHART_CONFIG/postgresql.conf" >"$scratch/old/postgresql.conf" || true
  echo '# Nobody comes over the network.' | tee "$scratch/old/pg_hba.conf" >"$scratch/old/pg_ident.conf"
  PGCHART_CONFIG=$scratch/old
}

refuse_what_no_dump_holds() {
  local found
  found=$(query "SELECT string_agg(spcname, ', ') FROM pg_tablespace WHERE spcname !~ '^pg_'")
  [ -z "$found" ] || refuse "this database has tablespaces ($found), whose places the new one would not have" \
    "move what is in them: ALTER DATABASE … SET TABLESPACE pg_default, and drop them"
  found=$(query "SELECT string_agg(gid, ', ') FROM pg_prepared_xacts")
  [ -z "$found" ] || refuse "prepared transactions wait for their end ($found), and no dump holds them" \
    "go back to PostgreSQL $PGCHART_UPGRADE_FROM and commit them or roll them back"
  found=$(query "SELECT string_agg(slot_name, ', ') FROM pg_replication_slots WHERE slot_type = 'logical'")
  [ -z "$found" ] || say "warning: subscribers of $found have to start anew: no dump holds slots"
  found=$(query "SELECT string_agg(name, ', ') FROM pg_file_settings WHERE sourcefile ~ 'postgresql.auto.conf$'")
  [ -z "$found" ] || say "warning: what ALTER SYSTEM has set stays behind ($found): put it into postgresql.config"
}

# The dump is smaller than the database, the new database about as large; both stand beside the old one.
compare_space() {
  local needed free
  needed=$(query "SELECT sum(pg_database_size(oid)) / 1024 FROM pg_database")
  free=$(df -P -k "$volume" | sed -n '2s/^.* \([0-9]*\) *[0-9]*% .*$/\1/p')
  [ "${needed%.*}" -lt "${free:-0}" ] || say "warning: $((free / 1024)) MiB are free, and the new database may need $((${needed%.*} / 1024)) MiB"
}

# --- in the new image --------------------------------------------------------------------------------------------------------

# Ends the exchange that a killed boot had begun: the new database is complete, and the old one has already left its place.
settle_upgrade() {
  if [ ! -e "$PGDATA" ] && [ -e "$PGDATA.new/$marker" ] && [ -n "${PGCHART_UPGRADE_FROM:-}" ] && [ -e "$PGDATA.$PGCHART_UPGRADE_FROM" ]; then
    mv "$PGDATA.new" "$PGDATA"
    sync "$volume"
  fi
  # Whoever has gone back writes to the old database, and a dump of it is of no use any more.
  [ -n "${PGCHART_UPGRADE_FROM:-}" ] || rm -rf "$dump" "$dump.new"
  [ "$(cat "$PGDATA/PG_VERSION" 2>/dev/null)" != "$PGCHART_MAJOR" ] || forget_old_database
}

forget_old_database() {
  [ -n "${PGCHART_UPGRADE_FROM:-}" ] || return 0
  local old=$PGDATA.$PGCHART_UPGRADE_FROM log
  rm -rf "$dump" "$dump.new"
  [ -e "$old" ] && [ "${PGCHART_UPGRADE_KEEP:-}" != yes ] || return 0
  say "removing the PostgreSQL $PGCHART_UPGRADE_FROM database"
  log=$(readlink "$old/pg_wal" 2>/dev/null || true)
  [ -z "$log" ] || touch "$(dirname "$log")/incomplete"
  rm -rf "$old"
}

upgrade_database() {
  check_owner
  if [ -e "$PGDATA/standby.signal" ]; then
    follow_the_upgrade
    return
  fi
  if [ -n "$replicated" ]; then
    local writer
    is_primary || refuse "this pod was the primary under PostgreSQL $PGCHART_UPGRADE_FROM; replication.primaryOrdinal names another" \
      "upgrade first, with replication.primaryOrdinal: $number, and change the primary afterwards"
    find_writer
    [ -z "$writer" ] || refuse "$pods-$writer writes; this is not the primary's database" \
      "set replication.primaryOrdinal: $writer and postgresql.version: $PGCHART_UPGRADE_FROM, and upgrade when all pods follow it"
  fi
  [ "$(cat "$dump/state" 2>/dev/null)" = "$(dumped_by_new)" ] || refuse "there is no dump of this database" \
    "the container upgrade of this pod makes it; its log says why it did not"
  [ ! -e "$PGDATA.$PGCHART_UPGRADE_FROM" ] || refuse "$PGDATA.$PGCHART_UPGRADE_FROM is there from an earlier upgrade" \
    "delete it, or move it away"
  create_database restore "$@"
  forget_old_database
  sweep_wal_volume
}

# pg_controldata of another major cannot read the position; the identifier alone has its place in every version.
dumped_by_new() { printf '%s %s\n' "$(system_identifier)" "$(cut -d ' ' -f 2 "$dump/state" 2>/dev/null)"; }

# A standby cannot be restored to: it takes the place of its old copy by a new one.
follow_the_upgrade() {
  local writer version=
  ! is_primary || refuse "this pod is a standby of PostgreSQL $PGCHART_UPGRADE_FROM and is to be the primary" \
    "go back to that version, change the primary first, and upgrade then"
  while :; do
    find_writer
    [ -z "$writer" ] || version=$(ask "$writer" "SELECT current_setting('server_version_num')::int / 10000" || true)
    [ "$version" != "$PGCHART_MAJOR" ] || break
    patiently "waiting for $pods-$PGCHART_PRIMARY to be PostgreSQL $PGCHART_MAJOR: kubectl delete pod $pods-$PGCHART_PRIMARY," \
      "if it has not restarted yet"
  done
  discard_database
  clone_database
}

# The new server is the temporary one of a first boot. Every error ends the boot; the old database has not been touched.
restore_dump() {
  local database
  say "restoring the roles"
  # The superuser is there already; what the old one had is altered.
  grep -v "^CREATE ROLE $PGUSER;" "$dump/globals.sql" >"$scratch/globals.sql"
  PGOPTIONS=$quiet sql -d template1 -f "$scratch/globals.sql"
  for database in "$dump"/*/; do
    say "restoring database $(restored_name "$database")"
    PGOPTIONS=$quiet run pg_restore --exit-on-error --jobs="$PGCHART_UPGRADE_JOBS" --create --clean --if-exists \
      --dbname="$(beside "$database")" "$database"
  done
  say "collecting statistics"
  PGOPTIONS=$quiet run vacuumdb --all --analyze-only --jobs="$PGCHART_UPGRADE_JOBS" --quiet
}

restored_name() { pg_restore --list "$1" | sed -n 's/^; *dbname: //p' | head -n 1; }

# A database cannot be replaced by its own connection.
beside() { if [ "$(restored_name "$1")" = template1 ]; then echo postgres; else echo template1; fi; }
