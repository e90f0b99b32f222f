#!/bin/sh
# Carries backups to a store that speaks S3, and from there; rclone does the work. An object store cannot rename: there a backup
# counts when its manifest.json is there, which comes last and goes first.
#
# store.sh upload|download FLAGS OF RCLONE. Environment: rclone's, PGCHART_BACKUPS (a directory), PGCHART_STORE (remote:bucket/prefix), and for
# an upload that of retention.sh, for a download PGCHART_RESTORE (the name of a backup; empty: the newest).
set -eu

home=$(dirname "$0")
# shellcheck source=chart/files/retention.sh
. "$home/retention.sh"

say() { echo "store: $*"; }
is_name() { echo "$1" | grep -qE '^[0-9]{8}T[0-9]{6}Z$'; }

# Names of complete backups.
list_complete() {
  # 3: nothing is there yet.
  rclone lsf --recursive --files-only --include '/*/manifest.json' "$@" "$PGCHART_STORE" >/tmp/manifests || [ $? -eq 3 ]
  sed -n 's|^\([0-9]\{8\}T[0-9]\{6\}Z\)/manifest.json$|\1|p' /tmp/manifests | sort
}

remove() {
  name=$1
  shift
  say "removing backup $name"
  rclone deletefile "$@" "$PGCHART_STORE/$name/manifest.json" 2>/dev/null || true
  rclone purge "$@" "$PGCHART_STORE/$name"
}

# What is as large as it was and has the same sum is there.
upload() {
  for directory in "$PGCHART_BACKUPS"/????????T??????Z; do
    name=$(basename "$directory")
    is_name "$name" || { echo "store: error: there is no backup to upload" >&2 && exit 1; }
    say "uploading backup $name"
    rclone copy --checksum --exclude manifest.json "$@" "$directory" "$PGCHART_STORE/$name"
    rclone check --one-way --exclude manifest.json "$@" "$directory" "$PGCHART_STORE/$name"
    rclone copyto --checksum "$@" "$directory/manifest.json" "$PGCHART_STORE/$name/manifest.json"
    rclone check --one-way "$@" "$directory" "$PGCHART_STORE/$name"
    say "backup $name is complete"
  done
  list_complete "$@" >/tmp/complete
  doomed </tmp/complete >/tmp/doomed
  # Uploads that were killed; one that is younger than two days may still go on.
  limit=$(days_ago 2)
  rclone lsf --dirs-only "$@" "$PGCHART_STORE" | tr -d / >/tmp/all
  while IFS= read -r name; do
    if is_name "$name" && ! grep -qxF "$name" /tmp/complete && [ "$(echo "$name" | tr -d TZ)" -lt "$limit" ]; then
      echo "$name" >>/tmp/doomed
    fi
  done </tmp/all
  while IFS= read -r name; do remove "$name" "$@"; done </tmp/doomed
}

download() {
  list_complete "$@" >/tmp/complete
  name=${PGCHART_RESTORE:-$(tail -n 1 /tmp/complete)}
  if ! grep -qxF "${name:-none}" /tmp/complete; then
    echo "store: error: there is no backup ${name:-yet}" >&2
    [ -z "$name" ] || echo "store:   complete are: $(tail -n 20 /tmp/complete | tr '\n' ' ')" >&2
    exit 1
  fi
  say "downloading backup $name"
  mkdir -p "$PGCHART_BACKUPS"
  rclone copy --checksum "$@" "$PGCHART_STORE/$name" "$PGCHART_BACKUPS/$name"
}

trap 'exit 143' TERM INT
verb=$1
shift
case $verb in
  upload) upload "$@" ;;
  download) download "$@" ;;
  *) exit 2 ;;
esac
