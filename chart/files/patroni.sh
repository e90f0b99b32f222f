# shellcheck shell=bash
# Patroni in place of the server; part of serve.sh. It elects one of the pods to write and makes the others follow it.
#
# Environment: PATRONI_NAME (this pod's name), PGCHART_DOMAIN (the headless Service), PGCHART_MAJOR, PGCHART_CONFIG,
# PGCHART_WAL_VOLUME (may be absent), and Patroni's own variables for passwords.

patroni_config=$PGCHART_CONFIG/patroni.yml
incomplete=$(dirname "$PGDATA")/pgchart.incomplete
wal_home=${PGCHART_WAL_VOLUME:+$PGCHART_WAL_VOLUME/pgchart.patroni}

# The server's programs: images with several major versions keep each one's in a directory of its own.
find_programs() {
  local directory=/usr/lib/postgresql/$PGCHART_MAJOR/bin version
  [ ! -x "$directory/postgres" ] || PATH=$directory:$PATH
  PATRONI_POSTGRESQL_BIN_DIR=$(dirname "$(command -v postgres)")
  version=$(patroni --version 2>/dev/null | sed -n 's/^patroni //p')
  [ "${version%%.*}" -ge 4 ] 2>/dev/null || {
    echo "serve: error: this chart needs Patroni 4 or newer, the image has ${version:-none}" >&2
    exit 1
  }
}

# A killed first boot leaves files, and in the store its claim to be the one that creates the database, for which all others would
# wait. A killed copy lacks the control file, which comes last. Whatever else lacks it was refused by boot.sh.
discard_incomplete() {
  if [ -e "$PGDATA/global/pg_control" ]; then
    [ -e "$incomplete" ] && [ ! -e "$PGDATA/pgchart.complete" ] || return 0
  fi
  if [ -n "$(ls -A "$PGDATA" 2>/dev/null)" ]; then
    echo "serve: removing what a killed boot left in $PGDATA"
    [ ! -e "$incomplete" ] || release_claim
  fi
  rm -rf "$PGDATA" ${wal_home:+"$wal_home"}
  touch "$incomplete"
}

# The interpreter that runs Patroni has its modules.
release_claim() {
  local interpreter
  interpreter=$(sed -n '1s/^#! *//p' "$(command -v patroni)")
  # shellcheck disable=SC2086 # it may have arguments
  $interpreter - "$patroni_config" <<'PYTHON'
import sys

from patroni.config import Config
from patroni.dcs import get_dcs

store = get_dcs(Config(sys.argv[1]))
if store.get_cluster().initialize == "":
    store.cancel_initialization()
PYTHON
}

# What all servers share is kept in Patroni's store. Whoever creates the cluster writes it there; changed values follow when a pod
# starts, before its server does.
share_settings() {
  local stored
  stored=$(timeout 30 patronictl -c "$patroni_config" show-config 2>&1) || { said=$stored; return 1; }
  grep -q '^ttl:' <<<"$stored" || return 0
  said=$(timeout 30 patronictl -c "$patroni_config" edit-config --quiet --force --apply "$PGCHART_CONFIG/patroni-shared.yml" 2>&1) || return 1
  [ -z "$said" ] || echo "serve: Patroni's shared settings: $said"
}

# The store may be away, or somebody else may have written at the same moment.
share_settings_later() {
  exec 9>&-
  echo "serve: warning: the shared settings do not reach Patroni's store yet: ${said##*$'\n'}" >&2
  until share_settings; do sleep 10; done
}

prepare_patroni() {
  find_programs
  discard_incomplete
  export PATH PATRONI_POSTGRESQL_BIN_DIR
  export PATRONI_POSTGRESQL_CONNECT_ADDRESS=$PATRONI_NAME.$PGCHART_DOMAIN:5432
  export PATRONI_RESTAPI_CONNECT_ADDRESS=$PATRONI_NAME.$PGCHART_DOMAIN:8008
  share_settings || { share_settings_later & }
}
