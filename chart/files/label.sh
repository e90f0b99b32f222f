# shellcheck shell=bash disable=SC2154
# Tells Kubernetes what this pod is, so that the Service of the standbys finds them; part of boot.sh.
#
# A selector cannot say "all but the primary", so each pod puts the label `role` on itself. Nothing else needs the API, and
# nothing waits for it: a pod without the label serves all the same, only not behind that Service.
#
# Environment: PGCHART_NAMESPACE (empty: there is nobody to tell), PGCHART_POD, KUBERNETES_SERVICE_HOST and _PORT.

account=/var/run/secrets/pgchart

# One request in plain HTTP/1.1, through openssl: the images have no curl. The token travels by standard input.
patch_label() {
  local body="{\"metadata\":{\"labels\":{\"role\":\"$1\"}}}"
  printf '%s\r\n' "PATCH /api/v1/namespaces/$PGCHART_NAMESPACE/pods/$PGCHART_POD HTTP/1.1" "Host: kubernetes.default.svc" \
    "Authorization: Bearer $(cat "$account/token")" \
    "Content-Type: application/merge-patch+json" "Accept: application/json" "Connection: close" \
    "Content-Length: ${#body}" '' "$body" |
    timeout 5 openssl s_client -quiet -connect "$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT" -servername kubernetes.default.svc \
      -verify_hostname kubernetes.default.svc -verify_return_error -CAfile "$account/ca.crt" 2>"$scratch/labelled" |
    head -n 1
}

label_pod() {
  local role=replica answer attempt
  if is_primary; then role=primary; fi
  for attempt in 1 2 3; do
    answer=$(patch_label "$role" | tr -d '\r' || true)
    case $answer in
      HTTP/1.1\ 200*) return 0 ;;
      HTTP/1.1\ 4*) break ;;
    esac
    [ "$attempt" = 3 ] || run sleep 1
  done
  say "warning: could not label this pod as $role (${answer:-$(head -n 1 "$scratch/labelled")}); the read-only Service does not know it"
}
