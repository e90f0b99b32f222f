# shellcheck shell=bash disable=SC2154
# Fetches a base backup from the archive; part of restore.sh.
#
# PGCHART_RESTORE has lines `NAME=VALUE`: type, from (the database; the only one of the archive without it), backup (its name), before (the
# second that it has to be complete at), and settings of the recovery.

wished() { sed -n "s/^$1=//p" <<<"$restore"; }

refuse_base() {
  refuse "$1" "what was there before is untouched: correct walArchive.restore, or take it out"
}

# Which database of the archive is meant.
find_place() {
  local from places
  from=$(wished from)
  [ -n "$from" ] || from=$(LC_ALL=C pg_controldata -D "$PGDATA" 2>/dev/null | sed -n 's/^Database system identifier: *//p' || true)
  if [ -z "$from" ]; then
    places=$(find "$PGCHART_ARCHIVE" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*' | sed 's,.*/,,' | sort)
    [ -n "$places" ] || refuse_base "the archive is empty"
    [ "$(wc -l <<<"$places")" -eq 1 ] || refuse_base \
      "the archive has several databases, and walArchive.restore.from names none of them: $(tr '\n' ' ' <<<"$places")"
    from=$places
  fi
  place=$PGCHART_ARCHIVE/$from
  [ -d "$place/base" ] || refuse_base "the archive has no database $from"
}

# The backup that is asked for; the last one that is complete before the target.
find_base() {
  local name before ended
  base=$(wished backup)
  if [ -n "$base" ]; then
    [ -e "$place/base/$base/backup" ] || refuse_base "there is no backup $base"
    return
  fi
  before=$(wished before)
  while read -r name; do
    ended=$(sed -n 's/^ended=//p' "$place/base/$name/backup")
    if [ -z "$before" ] || [ "$ended" -le "$before" ]; then base=$name; fi
  done < <(find "$place/base" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*T[0-9]*Z' | sed 's,.*/,,' | sort)
  [ -n "$base" ] || refuse_base "there is no backup to begin with: none that is old enough"
}

fetch_base() {
  local place base file
  find_place
  find_base
  say "restoring the backup $base of database ${place##*/}"
  (cd "$place/base/$base" && sha256sum -c SHA256SUMS >/dev/null) || refuse_base "the backup $base is damaged"
  mkdir -m 0700 "$1"
  run tar -xzf "$place/base/$base/base.tar.gz" -C "$1" || refuse_base "the backup $base cannot be unpacked: see the room on the volume"
  check_fetched "$1"
  give_log "$1"
  run tar -xzf "$place/base/$base/pg_wal.tar.gz" -C "$1/pg_wal" || refuse_base "its log cannot be unpacked: see the room on the volume"
  while read -r file; do
    case $file in recovery_*) echo "${file%%=*} = ${file#*=}" ;; esac
  done <<<"$restore" >>"$1/postgresql.auto.conf"
  : >"$1/recovery.signal"
}
