# shellcheck shell=bash disable=SC2154
# Brings the modules of a database to what the release has; part of declare.sh.
#
# Module NAME is NAME.01.sql, NAME.02.sql and so on, each applied once, and NAME.sql, applied whenever it changed.

modules=/opt/pgchart-modules

# A failure is told by the status, since whoever calls it goes on with other databases.
apply_modules() {
  local database=$1 module file version
  [ -d "$modules" ] || return 0
  PGDATABASE=$database sql -A -t -f "$home/modules.sql" >"$scratch/modules" || return
  while IFS= read -r module; do
    for file in "$modules/$module".[0-9][0-9].sql "$modules/$module.sql"; do
      [ -e "$file" ] || continue
      version=${file#"$modules/$module"}
      version=${version//[!0-9]/}
      PGDATABASE=$database sql -v module="$module" -v version="$((10#0$version))" -v file="$file" \
        -v checksum="$(sha256sum <"$file" | cut -c 1-64)" -f "$home/migrate.sql" || return
    done
  done <"$scratch/modules"
  [ ! -s "$scratch/modules" ] || PGDATABASE=$database sql -f "$home/kept.sql"
}
