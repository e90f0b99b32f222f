# shellcheck shell=bash disable=SC2154
# Brings roles, passwords, databases and extensions to what the release declares; part of boot.sh and of patroni-apply.sh.
#
# Needs `home` (the directory of these files) and `scratch` (a private directory).

# shellcheck source=chart/files/schemas.sh
. "$home/schemas.sh"

say() { printf '%s: %s\n' "$program" "$*"; }

# The first argument says what is wrong, the others what to do.
refuse() {
  printf '%s: error: %s\n' "$program" "$1" >&2
  shift
  [ $# -eq 0 ] || printf "$program:   %s\n" "$@" >&2
  exit 1
}

# Waits in a way that lets a signal through at once.
run() {
  "$@" &
  wait $!
}

program=$(basename "$0" .sh)

# Settings of the session beat those that somebody gave to a role or a database. Only pg_catalog is searched: the owner of a
# database could have left functions in public for a superuser to step on.
quiet='-c synchronous_commit=local -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0
  -c default_transaction_read_only=off -c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic'
export PGOPTIONS="$quiet -c search_path=pg_catalog -c client_min_messages=warning"

sql() { run psql -X -q -v ON_ERROR_STOP=1 -v VERBOSITY="${verbosity:-terse}" "$@"; }
query() { psql -X -q -A -t -d postgres -c "$1"; }

# Brings roles, databases and extensions to what cluster.json declares. A second run changes nothing.
apply_declaration() {
  say "applying roles, passwords, databases and extensions"
  export PGDATABASE=postgres PGCHART_CLUSTER=$home/cluster.json
  sql -f "$home/groups.sql"
  sql -f "$home/roles.sql"
  apply_passwords
  sql -f "$home/pooler.sql"
  local database
  sql -A -t -f "$home/databases.sql" >"$scratch/databases"
  while IFS= read -r database; do
    PGDATABASE=$database sql -f "$home/extensions.sql"
    apply_schemas "$database"
  done <"$scratch/databases"
  [ -z "${replicated:-}" ] || declare_slots
}

# The database follows the Secret. Passwords travel by environment: never in arguments, files or the log.
apply_passwords() {
  local n=0 role=PGCHART_ROLE_0 password verifier
  while [ -n "${!role:-}" ]; do
    password=PGCHART_PASSWORD_$n verifier=PGCHART_VERIFIER_$n
    PGCHART_ROLE=${!role} PGCHART_PASSWORD=${!password:-} PGCHART_VERIFIER=${!verifier:-} sql -f "$home/password.sql"
    n=$((n + 1))
    role=PGCHART_ROLE_$n
  done
}

run_init_scripts() {
  local script
  for script in "${PGCHART_INIT:-/nonexistent}"/*.sql; do
    [ -e "$script" ] || continue
    say "running $(basename "$script")"
    # The scripts are the user's: his search_path, all messages.
    PGOPTIONS=$quiet PGDATABASE=$PGCHART_DATABASE verbosity=default sql -f "$script"
  done
}

# What the first complete boot leaves in the database's directory.
marker=pgchart.complete

libc() { if getconf GNU_LIBC_VERSION >/dev/null 2>&1; then echo glibc; else echo musl; fi; }

write_marker() {
  printf '%s\n' "# The first boot of this database was completed." "major=$PGCHART_MAJOR" "image=$PGCHART_IMAGE" "libc=$(libc)" \
    >"$1/$marker.new"
  mv "$1/$marker.new" "$1/$marker"
}
