#!/usr/bin/env bash
# Tries a release out, as clients meet it. Each argument is the name of a test, which prints a line: `ok`, or `not ok` with the
# reason. The end is 1 when one of them failed.
#
# Environment: libpq's of the application (PGHOST is the Service), and
#   PGCHART_TESTER, PGCHART_TESTER_PASSWORD  the role that reads settings and statistics
#   PGCHART_SERVERS   host:port of each server
#   PGCHART_READ_ONLY host:port of the standbys' Service, where there is one
#   PGCHART_POOLERS   host:port of each pooler; PGSSLMODE and PGCHART_POOLER_SSLMODE say how servers and poolers are verified
#   PGCHART_EXPORTERS host of each exporter
#   PGCHART_STANDBYS, PGCHART_SYNCHRONOUS    how many standbys there are, and how many of them commits wait for
#   PGCHART_ENCRYPTED whether plain text is refused
#   PGCHART_BACKUP, PGCHART_BACKUP_PASSWORD  the role that dumps
#   PGCHART_WAIT      seconds until servers that are still starting have to answer
#   PGCHART_BENCH_SECONDS, PGCHART_BENCH_CLIENTS, PGCHART_BENCH_SCALE
set -uo pipefail

files=$(dirname "$0")
export PGCONNECT_TIMEOUT=10
: "${PGCHART_POOLER_SSLMODE:=prefer}"
IFS=' ' read -ra servers <<<"$PGCHART_SERVERS"
IFS=' ' read -ra poolers <<<"${PGCHART_POOLERS:-}"
IFS=' ' read -ra exporters <<<"${PGCHART_EXPORTERS:-}"

# Ends a test, which runs in a shell of its own.
fail() {
  echo "$*"
  exit 1
}

# A commit that waits for standbys for ever, and a network that swallows everything, are failures too.
query() {
  PGOPTIONS=${PGOPTIONS--c statement_timeout=20s} timeout 120 psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

# Where a host:port is, for libpq.
at() { printf 'host=%s port=%s' "${1%:*}" "${1##*:}"; }

# A question to a server as the role that reads statistics.
look() { # SERVER ARGUMENTS...
  PGUSER=$PGCHART_TESTER PGPASSWORD=$PGCHART_TESTER_PASSWORD query -d "$(at "$1")" "${@:2}"
}

# A question through a pooler.
pooled() { # POOLER ARGUMENTS...
  # Poolers take no options.
  PGSSLMODE=$PGCHART_POOLER_SSLMODE PGOPTIONS='' query -d "$(at "$1")" "${@:2}"
}

# Repeats a question until its answer is as expected, for a minute at most; prints the last answer when it is not.
until_answer() { # EXPECTED COMMAND...
  local expected=$1 answer='' deadline=$((SECONDS + (PGCHART_WAIT < 60 ? PGCHART_WAIT : 60)))
  shift
  while answer=$("$@" 2>&1); [ "$answer" != "$expected" ]; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      echo "$answer"
      return 1
    fi
    sleep 1
  done
}

# A server that still boots is no failure. Whether it is the right one is not asked here.
wait_for_servers() {
  local server
  for server in "${servers[@]}" "${poolers[@]}"; do
    until PGSSLMODE=prefer pg_isready -q -t 5 -h "${server%:*}" -p "${server##*:}"; do
      [ "$SECONDS" -lt "$PGCHART_WAIT" ] || return 0
      sleep 2
    done
  done
}

# Makes a schema that is gone when the test ends, and those that killed tests left behind a day ago.
own_schema() {
  schema=pgchart_test_$(date +%s)_$RANDOM
  query -f "$files/test-leftovers.sql" >/dev/null || fail "schemas of former tests cannot be dropped"
  query -c "CREATE SCHEMA $schema" || fail "role $PGUSER cannot create a schema in database $PGDATABASE"
  trap 'query -c "SET client_min_messages = warning; DROP SCHEMA IF EXISTS $schema CASCADE"' EXIT
}

# Drops it, and makes sure that it is gone.
end_of_schema() {
  query -c "SET client_min_messages = warning; DROP SCHEMA $schema CASCADE" || fail "schema $schema cannot be dropped"
  trap - EXIT
  [ "$(query -c "SELECT count(*) FROM pg_namespace WHERE nspname = '$schema'")" = 0 ] || fail "schema $schema is still there"
}

test_connection() {
  local pooler role
  [ "$(query -c 'SELECT pg_is_in_recovery()')" = f ] || fail "the server at $PGHOST does not write, or does not answer"
  role=$(query -c 'SELECT rolname || rolsuper FROM pg_roles WHERE rolname = current_user') || fail "role $PGUSER is refused"
  [ "$role" = "${PGUSER}false" ] || fail "role $PGUSER is a superuser"
  for pooler in "${poolers[@]}"; do
    [ "$(pooled "$pooler" -c 'SELECT current_user')" = "$PGUSER" ] || fail "no way through the pooler at $pooler"
  done
  if [ -n "${PGCHART_READ_ONLY:-}" ]; then
    [ "$(query -d "$(at "$PGCHART_READ_ONLY")" -c 'SELECT pg_is_in_recovery()')" = t ] || fail "no standby answers at $PGCHART_READ_ONLY"
  fi
}

test_password() {
  local place mode
  for place in "${servers[@]}" "${poolers[@]}"; do
    mode=$PGSSLMODE
    [[ " ${poolers[*]} " != *" $place "* ]] || mode=$PGCHART_POOLER_SSLMODE
    PGSSLMODE=$mode PGPASSWORD='not the password' refused "$place" 'with a wrong password'
    PGSSLMODE=$mode PGPASSWORD='' refused "$place" 'without a password'
    PGSSLMODE=$mode PGUSER=postgres refused "$place" 'as the superuser'
  done
}

# A login that has to fail, and for no other reason than what it is.
refused() { # PLACE HOW
  local answer
  answer=$(PGOPTIONS='' query -w -d "$(at "$1")" -c 'SELECT 1' 2>&1) && fail "$1 lets clients in $2"
  case $answer in
    *'authentication failed'* | *'no password supplied'* | *'pg_hba.conf rejects'* | *'login rejected'* | *'no such user'*) ;;
    *) fail "$1 should refuse a client $2, and says: $answer" ;;
  esac
}

test_crud() {
  own_schema
  query -c "CREATE TABLE $schema.item (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE)" || fail "no table"
  query -c "INSERT INTO $schema.item (name) SELECT 'item ' || n FROM generate_series(1, 100) AS n" || fail "no insert"
  query -c "UPDATE $schema.item SET name = 'changed' WHERE id = 42" || fail "no update"
  query -c "DELETE FROM $schema.item WHERE id > 50" || fail "no delete"
  [ "$(query -c "SELECT count(*), string_agg(name, '') FILTER (WHERE id = 42) FROM $schema.item")" = '50|changed' ] || fail "other rows than those written"
  query -c "INSERT INTO $schema.item (name) VALUES ('changed')" 2>/dev/null && fail "a unique index takes the same row twice"
  end_of_schema
}

test_replication() {
  local server primary='' streaming slots waiting seen
  for server in "${servers[@]}"; do
    case $(look "$server" -c 'SELECT pg_is_in_recovery()') in
      t) ;;
      f) [ -z "$primary" ] || fail "$primary and $server both write"
        primary=$server ;;
      *) fail "$server does not answer" ;;
    esac
  done
  [ -n "$primary" ] || fail "no server writes"
  streaming="SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
  seen=$(until_answer "$PGCHART_STANDBYS" look "$primary" -c "$streaming") || fail "$seen standbys stream from $primary, of $PGCHART_STANDBYS"
  slots="SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'physical' AND active AND wal_status IN ('reserved', 'extended')"
  seen=$(until_answer "$PGCHART_STANDBYS" look "$primary" -c "$slots") || fail "$seen slots of $primary are in use, of $PGCHART_STANDBYS"
  waiting="SELECT count(*) >= $PGCHART_SYNCHRONOUS FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"
  until_answer t look "$primary" -c "$waiting" >/dev/null || fail "commits should wait for $PGCHART_SYNCHRONOUS standbys, and fewer are synchronous"

  own_schema
  query -c "CREATE TABLE $schema.marker AS SELECT '$schema'::text AS name" || fail "no marker"
  for server in "${servers[@]}" ${PGCHART_READ_ONLY:+"$PGCHART_READ_ONLY"}; do
    until_answer "$schema" query -d "$(at "$server")" -c "SELECT name FROM $schema.marker" || fail "what is written does not arrive at $server"
  done
  end_of_schema
}

test_settings() {
  local server different
  for server in "${servers[@]}"; do
    different=$(PGCHART_SETTINGS=$files/settings.json look "$server" -f "$files/test-settings.sql") || fail "$different"
    [ -z "$different" ] || fail "$server: $different"
  done
}

test_extensions() {
  local database extension
  while IFS=$'\t' read -r database extension; do
    [ "$(PGDATABASE=$database query -v "name=$extension" -f "$files/test-extension.sql")" = 1 ] || fail "database $database has no extension $extension"
  done <"$files/extensions"
}

test_tls() {
  local place
  # Where plain text is allowed, encryption is offered all the same.
  PGSSLMODE=${PGSSLMODE/prefer/require}
  PGCHART_POOLER_SSLMODE=${PGCHART_POOLER_SSLMODE/prefer/require}
  for place in "${servers[@]}"; do
    [ "$(query -d "$(at "$place")" -c 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')" = t ] || fail "$place gives no encryption that $PGSSLMODE takes"
    no_plain_text "$place"
  done
  # What a server knows is the pooler's own connection; the client's is for libpq to judge.
  for place in "${poolers[@]}"; do
    [ "$(pooled "$place" -c 'SELECT 1')" = 1 ] || fail "$place gives no encryption that $PGCHART_POOLER_SSLMODE takes"
    no_plain_text "$place"
  done
}

no_plain_text() { # PLACE
  local answer
  [ "$PGCHART_ENCRYPTED" = yes ] || return 0
  answer=$(PGSSLMODE=disable PGOPTIONS='' query -d "$(at "$1")" -c 'SELECT 1' 2>&1) && fail "$1 takes plain text"
  case $answer in
    *'pg_hba.conf rejects'* | *'no pg_hba.conf entry'* | *'no pool_hba.conf entry'* | *'SSL required'*) ;;
    *) fail "$1 should refuse plain text, and says: $answer" ;;
  esac
}

test_metrics() {
  local exporter
  for exporter in "${exporters[@]}"; do
    until_answer 1 pg_up "$exporter" >/dev/null || fail "the exporter at $exporter does not say pg_up 1"
  done
}

# What an exporter says of its server; the image has no client for HTTP.
# shellcheck disable=SC2317 # it is called by its name
pg_up() { # HOST
  # shellcheck disable=SC2016 # the inner shell has its own
  timeout 20 bash -c 'exec 3<>"/dev/tcp/$1/9187" && printf "GET /metrics HTTP/1.0\r\nHost: %s\r\n\r\n" "$1" >&3 && cat <&3' - "$1" 2>/dev/null |
    sed -n 's/^pg_up \([0-9]*\)\r*$/\1/p'
}

# One table goes and comes back as databases do: the role that dumps reads it, and the application's restores it.
test_backup() {
  local archive answer rows='SELECT count(*), sum(n), min(name), max(name)'
  own_schema
  archive=$(mktemp)
  # The schema's end is the trap's; the file is gone with the pod.
  query -c "CREATE TABLE $schema.kept AS SELECT n, 'row ' || n AS name FROM generate_series(1, 1000) AS n" || fail "no table"
  rows="$rows FROM $schema.kept"
  answer=$(PGUSER=$PGCHART_BACKUP PGPASSWORD=$PGCHART_BACKUP_PASSWORD timeout 120 pg_dump -w --format=custom --table="$schema.kept" --file="$archive" 2>&1) ||
    fail "role $PGCHART_BACKUP cannot dump: $answer"
  query -c "DROP TABLE $schema.kept" || fail "the table cannot be dropped"
  answer=$(timeout 120 pg_restore -w --no-owner --exit-on-error --single-transaction --dbname="$PGDATABASE" "$archive" 2>&1) ||
    fail "role $PGUSER cannot restore: $answer"
  [ "$(query -c "$rows")" = '1000|500500|row 1|row 999' ] || fail "other rows came back than those that went"
  end_of_schema
}

# The log gets to where it is kept, as far as the servers know.
test_archive() {
  local server
  for server in "${servers[@]}"; do
    until_answer t look "$server" -c 'SELECT last_failed_time IS NULL OR last_failed_time < last_archived_time FROM pg_stat_archiver' >/dev/null ||
      fail "$server cannot archive its log; its own output says why"
  done
}

test_pgbench() {
  local answer
  own_schema
  export PGOPTIONS="-c search_path=$schema"
  pgbench -i -q -s "$PGCHART_BENCH_SCALE" >/dev/null 2>&1 || fail "$(pgbench -i -q -s 1 2>&1 | tail -n 1)"
  answer=$(pgbench -n -M prepared -c "$PGCHART_BENCH_CLIENTS" -T "$PGCHART_BENCH_SECONDS" 2>&1) || fail "$(grep -m 1 -i -e error -e fatal <<<"$answer")"
  unset PGOPTIONS
  end_of_schema
  sed -n 's/^\(tps = [0-9.]*\).*/\1/p; s/^\(latency average = .*\)/\1/p' <<<"$answer"
}

# Every test by its name; only so a checker of scripts sees that they are used.
run() { # NAME
  case $1 in
    connection) test_connection ;;
    password) test_password ;;
    crud) test_crud ;;
    replication) test_replication ;;
    settings) test_settings ;;
    extensions) test_extensions ;;
    tls) test_tls ;;
    metrics) test_metrics ;;
    backup) test_backup ;;
    archive) test_archive ;;
    pgbench) test_pgbench ;;
    *) fail "there is no such test" ;;
  esac
}

wait_for_servers
failed=0
for name in "$@"; do
  if reason=$(run "$name" 2>&1); then
    echo "ok $name${reason:+: ${reason//$'\n'/, }}"
  else
    echo "not ok $name: ${reason//$'\n'/; }"
    failed=1
  fi
done
exit "$failed"
