# shellcheck shell=bash disable=SC2154
# Brings the schemas of a database to what the release has; part of declare.sh.
#
# Environment: PGCHART_SCHEMAS, the directory of the modules (may be absent). Module NAME is NAME.01.sql, NAME.02.sql and so on, each
# applied once, and NAME.sql, applied whenever it changed.

apply_schemas() {
  local database=$1 module file version
  [ -d "${PGCHART_SCHEMAS:-/nonexistent}" ] || return 0
  PGDATABASE=$database sql -A -t -f "$home/modules.sql" >"$scratch/modules"
  while IFS= read -r module; do
    for file in "$PGCHART_SCHEMAS/$module".[0-9][0-9].sql "$PGCHART_SCHEMAS/$module.sql"; do
      [ -e "$file" ] || continue
      version=${file#"$PGCHART_SCHEMAS/$module"}
      version=${version//[!0-9]/}
      PGDATABASE=$database sql -v module="$module" -v version="$((10#0$version))" -v file="$file" \
        -v checksum="$(sha256sum <"$file" | cut -c 1-64)" -f "$home/migrate.sql"
    done
  done <"$scratch/modules"
  [ ! -s "$scratch/modules" ] || PGDATABASE=$database sql -f "$home/kept.sql"
}
