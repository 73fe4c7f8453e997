# shellcheck shell=bash
# Sourced after lib.sh by the set-up scripts: Python tools, each in its own virtual environment.

# The first Python that is new enough and works (a shim of pyenv may exist and not work).
find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  return 1
}

# install_in_venv NAME HOME REQUIREMENTS: HOME/bin then has what REQUIREMENTS (pinned, with hashes) names.
# A virtual environment cannot be moved, so it is created at its final place; HOME, a link to it, is created
# when it is complete: an interrupted set-up leaves no link.
install_in_venv() {
  local name=$1 home=$2 requirements=$3 python
  python=$(find_python) || fail "there is no Python 3.10 or newer on the PATH. Install it: \
apt-get install python3 (Debian), dnf install python3 (Fedora), brew install python3 (macOS)."
  # Debian has what `venv` needs in a separate package.
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    install_system_package python3-venv - - && "$python" -c 'import ensurepip, venv' 2>/dev/null ||
      fail "$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv."
  fi
  mkdir -p "$(dirname "$home")"
  made=$(mktemp -d "$home.XXXXXX")
  trap 'rm -rf "$made"' EXIT
  trap 'exit 130' INT TERM

  say "installing $name"
  quietly "$python" -m venv "$made" || fail "$python -m venv failed; the lines above say why."
  quietly "$made/bin/python" -m pip install --disable-pip-version-check \
    --require-hashes --requirement "$requirements" ||
    fail "pip could not install $requirements; the lines above say why."
  ln -sfn "$made" "$home"
  trap - EXIT INT TERM
}
