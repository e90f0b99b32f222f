#!/usr/bin/env bash
# Puts a file of the log into the archive: whole and on the disk, or not at all. The server's archive_command.
#
#   archive-wal.sh PATH NAME
#
# A file that is there already with the same contents is no error: the server asks again when it died before it noted that. One with
# other contents is: two servers archive to the same place, and neither may write over what the other has.
#
# Environment: PGCHART_ARCHIVE (the volume). The directory is the server's.
set -euo pipefail

umask 077
identifier=$(LC_ALL=C pg_controldata -D . | sed -n 's/^Database system identifier: *//p')
wal=$PGCHART_ARCHIVE/${identifier:?}/wal
kept=$wal/$2.gz

# Whether a file of the archive is this one. Small images have nothing that compares two files.
is_same() {
  local kept
  kept=$(gzip -cd "$1" | sha256sum) && [ "$kept" = "$(sha256sum <"$2")" ]
}

mkdir -p "$wal"
if [ ! -e "$kept" ]; then
  new=$wal/.$2.$HOSTNAME
  trap 'rm -f "$new"' EXIT
  gzip -1 -c "$1" >"$new"
  is_same "$new" "$1" || { echo "archive-wal: error: $2 cannot be read as it was written" >&2; exit 1; }
  sync "$new"
  # A link takes no name that is there.
  if ln "$new" "$kept" 2>/dev/null; then
    sync "$wal"
    exit 0
  fi
  [ -e "$kept" ] || { echo "archive-wal: error: $2 cannot get its name: the volume has no hard links, or no room" >&2; exit 1; }
fi
is_same "$kept" "$1" || { echo "archive-wal: error: the archive has $2 already, with other contents: another server archives there" >&2; exit 1; }
sync "$kept" "$wal"
