#!/usr/bin/env bash
# Brings a file of the log from the archive. The server's restore_command.
#
#   archive-get.sh NAME PATH
#
# A file that is not there ends with 1: the log ends here. What nobody can know, because the volume is away or the file is damaged,
# ends with more than 125, so that a restore stops instead of taking that for the end. A standby goes on: it has its primary.
#
# Environment: PGCHART_ARCHIVE (the volume). The directory is the server's.
set -euo pipefail

identifier=$(LC_ALL=C pg_controldata -D . | sed -n 's/^Database system identifier: *//p')
wal=$PGCHART_ARCHIVE/${identifier:?}/wal

give_up() {
  echo "archive-get: error: $1" >&2
  [ ! -e standby.signal ] || exit 1
  exit 200
}

[ -d "$wal" ] || give_up "the archive of database $identifier is not there"
[ -e "$wal/$1.gz" ] || exit 1
gzip -cd "$wal/$1.gz" >"$2" || give_up "$1 is damaged"
