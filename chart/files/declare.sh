# shellcheck shell=bash disable=SC2154,SC2034
# Brings the server to what the release declares; part of boot.sh, of apply.sh and of patroni-apply.sh.
#
# Needs `home` (the directory of these files) and `scratch` (a private directory).

# shellcheck source=chart/files/modules.sh
. "$home/modules.sh"

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
export PGOPTIONS="$quiet -c search_path=pg_catalog -c client_min_messages=warning -c timezone=UTC"

sql() { run psql -X -q -v ON_ERROR_STOP=1 -v VERBOSITY="${verbosity:-terse}" "$@"; }
query() { psql -X -q -A -t -d postgres -c "$1"; }

# What the release declares: a ConfigMap and Secrets of their own, so that a change restarts nobody.
declared=/opt/pgchart-declared/cluster.json
passwords=/opt/pgchart-passwords

# Brings the server to what cluster.json declares, and writes down in pgchart.declaration what that is. A second run changes
# nothing. Each step is one transaction: what cannot be applied leaves it as it was, and other databases are not held up by it.
apply_declaration() {
  # Patroni's first start and apply.sh may come at the same time. The lock ends with the shell of try_declaration.
  exec 8>/var/run/postgresql/pgchart.declaring
  flock 8
  say "applying what the release declares: roles, passwords, databases, schemas, extensions, privileges"
  # Another one may be mounted meanwhile, and one half of each would be neither.
  cp "$declared" "$scratch/cluster.json"
  export PGDATABASE=postgres PGCHART_CLUSTER=$scratch/cluster.json PGCHART_OWNED=$scratch/owned
  local database failed='' early='' left='' status
  write_record applying >"$scratch/owned"
  [ -z "${replicated:-}" ] || declare_slots
  sql -1 -f "$home/groups.sql"
  sql -1 -f "$home/roles.sql"
  apply_passwords
  sql -1 -f "$home/pooler.sql"
  sql -A -t -f "$home/databases.sql" >"$scratch/databases"
  sql -1 -f "$home/settings.sql"
  while IFS= read -r database; do
    status=0
    apply_to "$database" || status=$?
    [ $status -ne 0 ] || continue
    printf '%s: error: database %s does not get what is declared for it; why is said above\n' "$program" "$database" >&2
    if [ $status -eq $too_early ]; then early=yes; else failed=yes; fi
  done <"$scratch/databases"
  subscribe
  [ -z "$failed" ] || exit 1
  [ -z "$early" ] || exit $too_early
  [ -n "$left" ] || write_record applied >/dev/null
}

# What is only about tables that somebody has yet to create, and not wrong for all time.
too_early=3

apply_to() {
  PGDATABASE=$1 sql -1 -f "$home/schemas.sql" -f "$home/extensions.sql" || return 1
  apply_modules "$1" || return 1
  PGDATABASE=$1 sql -1 -f "$home/privileges.sql" -f "$home/publications.sql" || return $too_early
}

# A subscription asks its publisher, which may be away: that must not keep a server from being opened, so a boot leaves it to apply.sh.
subscribe() {
  local file database name password
  sql -A -t -f "$home/subscribed.sql" >"$scratch/subscribed"
  [ -s "$scratch/subscribed" ] || return 0
  [ -n "${follows_others:-}" ] || { left=yes; return 0; }
  while IFS='|' read -r file database name; do
    password=
    if [ -n "$file" ]; then password=$(exactly "$passwords/$file") password=${password%.}; fi
    if ! PGCHART_SUBSCRIPTION=$name PGCHART_PASSWORD=$password PGDATABASE=$database sql -f "$home/subscriptions.sql"; then
      printf '%s: error: subscription %s of database %s is not as declared; why is said above\n' "$program" "$name" "$database" >&2
      failed=yes
    fi
  done <"$scratch/subscribed"
}

# The same, told by the exit status of a shell of its own: what it says on errors is in the file, and written down, too. `applied` is
# yes, no, or early.
try_declaration() {
  local status=0 message
  applied=yes
  set +e
  (
    set -e
    apply_declaration
  ) 2>"$scratch/said"
  status=$?
  set -e
  cat "$scratch/said" >&2
  [ $status -ne 0 ] || return 0
  message=$(head -c 2000 "$scratch/said")
  PGCHART_CLUSTER=$scratch/cluster.json write_record failed "$message" >/dev/null || say "warning: nor could that be written down"
  applied=no
  [ $status -ne $too_early ] || applied=early
}

write_record() {
  PGDATABASE=postgres PGCHART_DIGEST=$(digest) PGCHART_STATE=$1 PGCHART_MESSAGE=${2:-} sql -1 -A -t -f "$home/record.sql"
}

# By this the record and whoever waits know the declaration.
digest() { sha256sum <"$scratch/cluster.json" | cut -c 1-64; }

# The database follows the Secret. Passwords travel by environment: never in arguments, files or the log.
apply_passwords() {
  local file when role password verifier
  # Patroni creates a database where no password is.
  [ -d "$passwords" ] || return 0
  sql -A -t -f "$home/logins.sql" >"$scratch/logins"
  while IFS='|' read -r file when role; do
    if [ "$when" = held ] && [ -n "${held[$file]+yes}" ]; then
      password=${held[$file]} verifier=
    else
      password=$(exactly "$passwords/$file") verifier=$(exactly "$passwords/$file-verifier")
      password=${password%.} verifier=${verifier%.}
    fi
    PGCHART_ROLE=$role PGCHART_PASSWORD=$password PGCHART_VERIFIER=$verifier sql -f "$home/password.sql"
  done <"$scratch/logins"
}

# Passwords of the pod's start: those that something beside has by its environment, and has until the pod is replaced.
declare -A held=()

# A file with a dot behind it, since `$( )` takes away what newlines it ends with.
exactly() {
  [ ! -e "$1" ] || cat "$1"
  printf .
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
