# shellcheck shell=bash
# Sourced by the scripts of this folder: which Kubernetes, where its binaries are kept, which Go.

airgap=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$airgap/../../scripts/lib.sh"

speaker=airgap
release=$(sed -n 's|^[[:space:]]*k8s.io/kubernetes v\([0-9.]*\) .*|\1|p' "$airgap/kubernetes/go.mod")
# shellcheck disable=SC2034 # read by those who source this
kube_router=$(sed -n 's|.*github.com/cloudnativelabs/kube-router v\([0-9.]*\).*|\1|p' "$airgap/kube-router/go.mod")
# shellcheck disable=SC2034
bin=${XDG_CACHE_HOME:-$HOME/.cache}/transpod/kubernetes-$release/bin

# Go's own installer leaves the PATH to its user.
has go || PATH=$PATH:/usr/local/go/bin

# Modules are what go.mod and go.sum of this folder say, whatever workspace lies above it.
export GOWORK=off

# start_daemon LOG COMMAND...: starts it in the background, in a session of its own; $! is its process id. It keeps
# nothing of the caller that does not last: no descriptor ($(...) around the caller would wait until the daemon
# ends), not its folder, and not its TMPDIR.
start_daemon() {
  local log=$1
  shift
  (
    for descriptor in /dev/fd/*; do
      descriptor=${descriptor##*/}
      # bash reads the script by 255 and closes it on exec.
      if [ "$descriptor" -gt 2 ] && [ "$descriptor" != 255 ]; then eval "exec $descriptor>&-"; fi
    done
    unset TMPDIR
    cd /
    exec setsid "$@"
  ) >"$log" 2>&1 </dev/null &
}

# try_pull IMAGE: takes it from its registry, and fails soon where no registry answers. The engine names
# the image as soon as one does; the layers may then take as long as they need.
try_pull() {
  local answer pull waited=0
  answer=$(mktemp)
  docker pull "$1" >"$answer" 2>&1 </dev/null &
  pull=$!
  while kill -0 "$pull" 2>/dev/null && ! grep -q 'Pulling' "$answer" && [ "$waited" -lt 50 ]; do
    sleep 0.2
    waited=$((waited + 1))
  done
  if ! grep -q 'Pulling' "$answer"; then kill "$pull" 2>/dev/null || true; fi
  rm -f "$answer"
  wait "$pull" 2>/dev/null
}
