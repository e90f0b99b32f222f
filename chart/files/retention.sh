# shellcheck shell=sh
# Which backups have to go; part of backup.sh and of store.sh, which any shell runs.
#
# Environment: PGCHART_KEEP_DAYS and PGCHART_KEEP_MAXIMUM (empty: any), PGCHART_KEEP_MINIMUM.

# The time some days ago, in the digits of a backup's name.
days_ago() { date -u -d "@$(($(date +%s) - $1 * 86400))" +%Y%m%d%H%M%S; }

# Reads the names of complete backups and prints those that are too old or too many, but none of the newest.
doomed() {
  oldest=0 number=0
  [ -z "$PGCHART_KEEP_DAYS" ] || oldest=$(days_ago "$PGCHART_KEEP_DAYS")
  sort -r | while IFS= read -r name; do
    number=$((number + 1))
    [ "$number" -gt "$PGCHART_KEEP_MINIMUM" ] || continue
    if [ "$(echo "$name" | tr -d TZ)" -lt "$oldest" ] || [ "$number" -gt "${PGCHART_KEEP_MAXIMUM:-$number}" ]; then
      echo "$name"
    fi
  done
}
