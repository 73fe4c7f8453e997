# shellcheck shell=bash
# Sourced by the set-up scripts: their messages, and the installation of system packages.
# Works with the bash 3.2 of macOS.

speaker=set-up
say() { echo "$speaker: $*"; }

# Ends the script with an error message that says what to do.
fail() {
  echo "$speaker: $*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command quietly; its output is shown only if it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -ne 0 ]; then cat "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

# How to become root without being asked for a password: prints nothing for root itself,
# "sudo -n" where that works, and fails otherwise.
root_prefix() {
  if [ "$(id -u)" = 0 ]; then return 0; fi
  has sudo && sudo -n true 2>/dev/null && echo "sudo -n"
}

# install_system_package DEBIAN-NAME FEDORA-NAME BREW-NAME; "-" where a system needs nothing.
# Fails without a message when the package manager is unknown or we lack the permission to use it.
install_system_package() {
  local root
  if has brew && [ "$3" != - ]; then
    say "installing $3 (brew)"
    quietly brew install "$3"
    return
  fi
  root=$(root_prefix) || return 1
  if has apt-get && [ "$1" != - ]; then
    say "installing $1 (apt-get)"
    # shellcheck disable=SC2086 # the prefix is empty or two words
    quietly $root apt-get update &&
      quietly $root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "$1"
  elif has dnf && [ "$2" != - ]; then
    say "installing $2 (dnf)"
    # shellcheck disable=SC2086
    quietly $root dnf install -y "$2"
  else
    return 1
  fi
}
