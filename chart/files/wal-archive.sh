#!/usr/bin/env bash
# Makes base backups beside the server that writes, and clears the archive of what no backup needs.
#
# The archive has a directory for each database that ever used it, named after its system identifier. In it are `wal`, whose files
# archive-wal.sh brings, and `base`, with a directory for each backup. A backup gets its name when it is whole, was read again and is
# on the disk; only then older ones go, and the log that only they needed.
#
# Environment: PGCHART_ARCHIVE (the volume), PGCHART_ARCHIVE_KEEP (how many backups), and what beside.sh has.
# Schedules have stars that are no names of files.
set -euo pipefail -f

home=$(cd "$(dirname "$0")" && pwd)
say() { printf 'wal-archive: %s\n' "$*"; }
# shellcheck source=chart/files/beside.sh
. "$home/beside.sh"

umask 077
export LC_ALL=C

failed() { say "error: $*" >&2; return 1; }

# The names of the whole backups, the oldest first.
backups() { find "$place/base" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*T[0-9]*Z' | sed 's,.*/,,' | sort; }

# What a backup's own file says: started, ended, wal, major.
told() { sed -n "s/^$2=//p" "$place/base/$1/backup"; }

prepare() {
  local identifier last
  identifier=$(query -c 'SELECT system_identifier FROM pg_control_system()') || return 1
  place=$PGCHART_ARCHIVE/$identifier
  mkdir -p "$place/base" "$place/wal" || failed "the volume cannot be written to: see who owns it" || return 1
  sweep
  last=$(backups | tail -n 1)
  seen=0
  [ -z "$last" ] || seen=$(told "$last" started)
}

# What was killed, or not made to its end.
sweep() { find "$place/base" -mindepth 1 -maxdepth 1 -name '.*' -exec rm -rf {} +; }

# Every file is read from the disk once more.
look_over() {
  local file
  for file in base pg_wal; do gzip -t "$1/$file.tar.gz" || return 1; done
  (cd "$1" && sha256sum base.tar.gz pg_wal.tar.gz backup_manifest >SHA256SUMS)
}

back_up() {
  local name new
  TZ=UTC printf -v name '%(%Y%m%dT%H%M%SZ)T' "$(now)"
  new=$place/base/.$name
  sweep
  say "making a backup: $name"
  if ! write_backup "$new"; then
    # Half a backup would take the room that the log needs.
    rm -rf "$new"
    failed "the backup failed; the words above say why, and older backups are as they were"
    return 1
  fi
  mv "$new" "$place/base/$name"
  sync "$place/base"
  say "the backup is made; the archive has $(backups | wc -l)"
  clear_backups
  clear_log
}

write_backup() {
  local started ended label
  started=$(now)
  run pg_basebackup --pgdata="$1" --format=tar --gzip --wal-method=stream --checkpoint=fast --no-password || return 1
  # Tablespaces lie elsewhere than a restore would put them.
  [ "$(find "$1" -name '[0-9]*.tar.gz' | wc -l)" -eq 0 ] || failed "there are tablespaces, which a restore could not place" || return 1
  run look_over "$1" || return 1
  ended=$(query -c 'SELECT ceil(extract(epoch FROM clock_timestamp()))::bigint') || return 1
  label=$(tar -xzOf "$1/base.tar.gz" backup_label) || return 1
  {
    echo "started=$started"
    echo "ended=$ended"
    echo "wal=$(sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\))$/\1/p' <<<"$label")"
    echo "major=$(tar -xzOf "$1/base.tar.gz" PG_VERSION)"
  } >"$1/backup"
  grep -qE '^wal=[0-9A-F]{24}$' "$1/backup" || failed "the backup does not say where in the log it begins" || return 1
  sync -f "$1/backup"
}

clear_backups() {
  local name
  backups | head -n "-$PGCHART_ARCHIVE_KEEP" | while read -r name; do
    # What loses its name first is never taken for a whole one.
    mv "$place/base/$name" "$place/base/.$name"
    rm -rf "$place/base/.$name"
    say "removed the backup $name"
  done
}

# What is before the first file that any backup begins with. A file's place in the log is its name without the timeline.
clear_log() {
  local name wal first='' count=0
  for name in $(backups); do
    wal=$(told "$name" wal)
    [ -n "$wal" ] || return 0
    if [ -z "$first" ] || [[ ${wal:8} < $first ]]; then first=${wal:8}; fi
  done
  [ -n "$first" ] || return 0
  while read -r name; do
    if [[ $name =~ ^[0-9A-F]{24} && ${name:8:16} < $first ]]; then
      rm -f "$place/wal/$name"
      count=$((count + 1))
    fi
  done < <(ls "$place/wal")
  [ $count -eq 0 ] || say "removed $count files of the log, which no backup needs"
}

follow_schedules
