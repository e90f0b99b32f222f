# shellcheck shell=bash
# What backups look like on a volume; part of backup.sh, verify.sh and restore-dump.sh.
#
# A backup is a directory, named after the time when it began: a dump of each database, the roles, manifest.json, SHA256SUMS of all
# of them, and when they are encrypted SHA256SUMS.hmac. A directory of another name is none.
#
# Environment: PGCHART_BACKUPS (the directory of all backups), PGCHART_KEY (a file with the key; empty: nothing is encrypted).

program=$(basename "$0" .sh)
program=${program%-dump}
key=${PGCHART_KEY:-}
suffix=${key:+.enc}

say() { printf '%s: %s\n' "$program" "$*"; }

# The first argument says what is wrong, the others what to do.
refuse() {
  printf '%s: error: %s\n' "$program" "$1" >&2
  shift
  [ $# -eq 0 ] || printf "$program:   %s\n" "$@" >&2
  exit 1
}

# Waits in a way that lets a signal through at once: the first process of a container gets only those that it asks for.
run() {
  "$@" &
  wait $!
}
trap 'say "stopping on request"; exit 143' TERM INT

query() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "${2:-postgres}" -c "$1"; }

# A database's name as that of a file: what may have a meaning there is written as its code.
file_of() {
  local LC_ALL=C name=$1 out='' char i
  for ((i = 0; i < ${#name}; i++)); do
    char=${name:i:1}
    case $char in
      [A-Za-z0-9_-]) out+=$char ;;
      *) printf -v char '%%%02X' "$(($(printf '%d' "'$char") & 255))" && out+=$char ;;
    esac
  done
  printf '%s.dump%s\n' "$out" "$suffix"
}

json() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# --- encryption --------------------------------------------------------------------------------------------------------------

check_key() {
  [ -n "$key" ] || return 0
  local text=
  IFS= read -r text <"$key" || [ -n "$text" ] || refuse "the key of the backups is empty"
  [ ${#text} -ge 32 ] || refuse "the key of the backups is shorter than 32 characters" "make one: openssl rand -hex 32"
}

seal() { if [ -n "$key" ]; then openssl enc -aes-256-ctr -pbkdf2 -iter 200000 -salt -pass "file:$key"; else cat; fi; }

# For `< <(unseal FILE)`: whoever needs no more of a file than its beginning may stop reading, and misses the rest otherwise.
unseal() { if [ -n "$key" ]; then openssl enc -d -aes-256-ctr -pbkdf2 -iter 200000 -pass "file:$key" <"$1"; else cat "$1"; fi; }

# HMAC-SHA-256 (RFC 2104) of a backup's name and its sums, and by these of every file. Built from sha256sum: openssl would take the
# key as an argument, for everybody on the node to see.
authenticate() {
  local secret inner='' outer='' byte digest i
  secret=$({ printf 'pgchart backup\n'; head -n 1 "$key"; } | sha256sum)
  for ((i = 0; i < 64; i++)); do
    byte=0
    [ $i -ge 32 ] || byte=$((16#${secret:2*i:2}))
    printf -v inner '%s\\x%02x' "$inner" $((byte ^ 0x36))
    printf -v outer '%s\\x%02x' "$outer" $((byte ^ 0x5c))
  done
  digest=$({ printf '%b' "$inner"; printf '%s\n' "$1"; cat "$2"; } | sha256sum)
  digest=$(sed 's/ .*//; s/../\\x&/g' <<<"$digest")
  digest=$({ printf '%b' "$outer"; printf '%b' "$digest"; } | sha256sum)
  echo "${digest%% *}"
}

# --- reading -----------------------------------------------------------------------------------------------------------------

# The complete backups, the oldest first.
complete_backups() {
  local directory
  for directory in "$PGCHART_BACKUPS"/????????T??????Z; do
    [ ! -e "$directory/manifest.json" ] || basename "$directory"
  done
}

# Reads every byte of a backup once and compares it with what was written.
check_backup() {
  local directory=$PGCHART_BACKUPS/$1
  [ -e "$directory/manifest.json" ] || refuse "there is no backup $1" "complete are: $(complete_backups | tail -n 20 | tr '\n' ' ')"
  if [ -n "$key" ]; then
    [ "$(authenticate "$1" "$directory/SHA256SUMS")" = "$(cat "$directory/SHA256SUMS.hmac" 2>/dev/null)" ] ||
      refuse "backup $1 was not made with this key, or somebody has changed it"
  elif [ -e "$directory/SHA256SUMS.hmac" ]; then
    refuse "backup $1 is encrypted" "set backup.encryption.enabled: true, with its key"
  fi
  (cd "$directory" && sha256sum --check --quiet --strict SHA256SUMS) || refuse "backup $1 is damaged"
}

# The rows of each table in a dump: number, tab, name as SQL has it. Reads all of the dump.
count_rows() {
  local name='("([^"]|"")*"|[^".]+)\.("([^"]|"")*"|[^". ]+)'
  pg_restore --data-only --file=- |
    sed -n '/^COPY .* FROM stdin;$/{s/^COPY //;h;:row;n;/^\\\.$/b;x;p;x;b row;}' |
    sed -E "s/^($name) .*\$/\\1/" | uniq -c | sed -E 's/\\/\\\\/g; s/^ *([0-9]+) (.*)$/\1\t\2/'
}
