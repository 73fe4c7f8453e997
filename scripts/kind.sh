# shellcheck shell=bash
# Sourced by the kind-* scripts: the names of the cluster and its contents, and functions to inspect it.
# shellcheck disable=SC2034 # used by the scripts that source this

cluster=transpod
node=$cluster-control-plane
context=kind-$cluster
namespace=transpod
dev_namespace=transpod-dev
release=transpod

kube() { kubectl --context "$context" "$@"; }

has_cluster() { kind get clusters 2>/dev/null | grep -qx "$cluster"; }

# Like quietly, for a command that reads its standard input.
quietly_from() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then cat "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

# retry SECONDS COMMAND...: until it succeeds. Only the last failure is shown.
retry() {
  local deadline=$((SECONDS + $1)) log
  shift
  log=$(mktemp)
  until "$@" >"$log" 2>&1; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      cat "$log" >&2
      rm -f "$log"
      return 1
    fi
    sleep 1
  done
  rm -f "$log"
}

# Prints information to diagnose a broken cluster.
diagnose() {
  kube version >/dev/null 2>&1 || return 0
  local where pod
  for where in "$dev_namespace" "$namespace"; do
    echo "--- $where: pods, and the last events"
    kube -n "$where" get pods -o wide
    kube -n "$where" get events --sort-by .lastTimestamp | tail -15
    for pod in $(kube -n "$where" get pods --field-selector status.phase!=Succeeded -o name); do
      if kube -n "$where" wait "$pod" --for condition=Ready --timeout 0 >/dev/null 2>&1; then continue; fi
      echo "--- $where: $pod is not ready; its last log lines"
      kube -n "$where" logs "$pod" --all-containers --prefix --tail 15 2>&1
    done
  done
}
