#!/usr/bin/env bash
# Anchors the chains of events: what their heads are goes where the database cannot change it. Chains are verified first, and what
# former anchors say must still be true.
#
#   anchor.sh              verifies, copies new events to the central copy, and anchors
#   anchor.sh check FILE   tells whether a file of anchors is whole
#
# Environment: PGHOST, PGPORT, PGUSER, PGPASSWORD; PGCHART_DATABASES, names, one a line; PGCHART_TRAIL, the database of the central
# copy (may be empty); PGCHART_ANCHORS, a directory for the file of anchors (may be empty); PGCHART_ANCHOR_KEY, what they are signed
# with (may be empty).
set -euo pipefail

failed=

complain() {
  printf 'anchor: error: %s\n' "$*" >&2
  failed=yes
}

ask() {
  local database=$1
  shift
  psql -X -q -A -t -F $'\t' -v ON_ERROR_STOP=1 -d "$database" "$@"
}

# HMAC-SHA-256 of the input (RFC 2104), in hexadecimal.
sign() {
  local key inner='' outer='' byte part i
  if [ "${#PGCHART_ANCHOR_KEY}" -gt 64 ]; then
    key=$(printf %s "$PGCHART_ANCHOR_KEY" | sha256sum | cut -c 1-64)
  else
    key=$(printf %s "$PGCHART_ANCHOR_KEY" | od -A n -v -t x1 | tr -d ' \n')
  fi
  while [ "${#key}" -lt 128 ]; do key+=00; done
  for ((i = 0; i < 128; i += 2)); do
    byte=$((16#${key:i:2}))
    printf -v part '\\x%02x' $((byte ^ 0x36))
    inner+=$part
    printf -v part '\\x%02x' $((byte ^ 0x5c))
    outer+=$part
  done
  part=$({ printf %b "$inner"; cat; } | sha256sum | cut -c 1-64 | sed 's/../\\x&/g')
  { printf %b "$outer"; printf %b "$part"; } | sha256sum | cut -c 1-64
}

signature() { if [ -n "${PGCHART_ANCHOR_KEY:-}" ]; then sign; else echo -; fi; }

# A line holds: time, database, chain, number, hash, the digest of the line before, and the signature of all that.
check_file() {
  local file=$1 before=- line body number=0
  while IFS= read -r line; do
    number=$((number + 1))
    body=${line%$'\t'*}
    [ "${body##*$'\t'}" = "$before" ] || complain "line $number of $file does not follow the one before"
    [ -z "${PGCHART_ANCHOR_KEY:-}" ] || [ "${line##*$'\t'}" = "$(printf %s "$body" | sign)" ] || complain "line $number of $file was not signed with this key"
    before=$(printf %s "$line" | sha256sum | cut -c 1-64)
  done <"$file"
  last=$before
}

# The newest anchor of each chain says all that the older ones do: the chain leads back to them.
check_anchors() {
  local database chain seq hash
  awk -F '\t' '{ newest[$2 "\t" $3] = $4 "\t" $5 } END { for (name in newest) print name "\t" newest[name] }' "$1" |
    while IFS=$'\t' read -r database chain seq hash; do
      # A database without controls has no chains any more.
      grep -qxF -- "$database" <<<"$PGCHART_DATABASES" || continue
      [ "$(ask "$database" -v chain="$chain" -v seq="$seq" -v hash="\\x$hash" <<<"SELECT audit.matches(:'chain', :seq, :'hash')")" = t ] ||
        printf 'chain %s of database %s is not the one that was anchored at event %s: it was rewritten or cut\n' "$chain" "$database" "$seq"
    done
}

# Sends what the central copy does not have, some thousand events at a time.
copy_chain() {
  local database=$1 chain=$2 seq=$3 position before=
  while :; do
    position=$(ask "$PGCHART_TRAIL" -v source="$database" -v chain="$chain" <<<"SELECT trail.position(:'source', :'chain')") || return
    [ "$position" -lt "$seq" ] || return 0
    # What brought nothing would bring nothing for ever.
    [ "$position" != "$before" ] || return 1
    before=$position
    ask "$database" -v chain="$chain" -v after="$position" <<<"SELECT format('SELECT trail.receive(%L, %L, %s, %L, %L, %L, %L);', current_database(), :'chain', seq, at, content, prev_hash, hash)
      FROM audit.export_after(:'chain', :after, 2000)" | ask "$PGCHART_TRAIL" -1 -f - >/dev/null || return
  done
}

anchor() {
  local database chain ok bad broken seq hash now body line
  now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  while IFS= read -r database; do
    broken=
    while IFS=$'\t' read -r chain ok bad; do
      [ "$ok" = t ] || { complain "chain $chain of database $database is broken at event $bad"; broken=yes; }
    done < <(ask "$database" -c 'SELECT chain, ok, first_bad FROM audit.verify_all()')
    [ -z "$broken" ] || continue
    while IFS=$'\t' read -r chain seq hash; do
      if [ -n "${PGCHART_TRAIL:-}" ]; then
        if copy_chain "$database" "$chain" "$seq"; then
          ask "$PGCHART_TRAIL" -v source="$database" -v chain="$chain" -v seq="$seq" -v hash="\\x$hash" \
            <<<"SELECT trail.anchored(:'source', :'chain', :seq, :'hash')" >/dev/null
        else
          complain "chain $chain of database $database does not continue its central copy"
        fi
      fi
      body=$now$'\t'$database$'\t'$chain$'\t'$seq$'\t'$hash$'\t'$last
      line=$body$'\t'$(printf %s "$body" | signature)
      printf 'anchor\t%s\n' "$line"
      [ -z "$file" ] || printf '%s\n' "$line" >>"$file"
      last=$(printf %s "$line" | sha256sum | cut -c 1-64)
    done < <(ask "$database" -c "SELECT chain, seq, encode(hash, 'hex') FROM audit.heads() WHERE chain !~ '[[:cntrl:]]'")
  done <<<"$PGCHART_DATABASES"
  [ -z "$file" ] || sync "$file"
}

last=-
if [ "${1:-}" = check ]; then
  check_file "$2"
  [ -z "$failed" ] || exit 1
  echo "anchor: $2 is whole"
  exit 0
fi
file=${PGCHART_ANCHORS:+$PGCHART_ANCHORS/anchors.tsv}
if [ -n "$file" ] && [ -e "$file" ]; then
  check_file "$file"
  while IFS= read -r problem; do complain "$problem"; done < <(check_anchors "$file")
fi
# What does not fit gets no new anchor, which would make it fit.
[ -z "$failed" ] || exit 1
anchor
[ -z "$failed" ]
