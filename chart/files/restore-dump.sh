#!/usr/bin/env bash
# Restores one database of a backup into another one that is there, as its owner and in one transaction: when anything fails, the
# target is what it was.
#
# Environment: libpq's (PGHOST, PGUSER, PGPASSWORD, PGDATABASE: the target, …), that of backup-files.sh, PGCHART_RESTORE (the backup),
# PGCHART_RESTORE_DATABASE (the database in it). Arguments are options of pg_restore.
set -euo pipefail

home=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=chart/files/backup-files.sh
. "$home/backup-files.sh"

# Every object becomes the owner's, who may do that; extensions are the superuser's, and there already.
restore_database() {
  pg_restore --dbname="$PGDATABASE" --single-transaction --exit-on-error --clean --if-exists --no-owner \
    --use-list=/tmp/list "${@:2}" < <(unseal "$1")
}

check_key
check_backup "$PGCHART_RESTORE"
file=$PGCHART_BACKUPS/$PGCHART_RESTORE/$(file_of "$PGCHART_RESTORE_DATABASE")
[ -e "$file" ] || refuse "backup $PGCHART_RESTORE has no database $PGCHART_RESTORE_DATABASE" \
  "it has: $(cd "$PGCHART_BACKUPS/$PGCHART_RESTORE" && printf '%s ' *.dump*)"
pg_restore --list < <(unseal "$file" 2>/dev/null) | grep -vE '^[0-9]+; [0-9]+ [0-9]+ (EXTENSION - |COMMENT - EXTENSION )' >/tmp/list
say "restoring database $PGCHART_RESTORE_DATABASE of backup $PGCHART_RESTORE into $PGDATABASE"
run restore_database "$file" "$@"
say "collecting statistics"
query ANALYZE "$PGDATABASE" 2>/dev/null
say "done"
