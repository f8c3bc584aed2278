#!/usr/bin/env bash
# Plays a spread of runs by the program of `npm start`, on any system that has bash and a Node.
# Each has to end as `npm start -- --faults` says, with nothing in the proof that must never be so, and with the exit code due.
#
#   scripts/play-a-spread.sh               under the `node` on PATH
#   scripts/play-a-spread.sh wine NODE.EXE with a command of its own that runs Node
set -u
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || set -- node
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Of each result one, and what is hard for a system: signals, files, a connection that breaks.
FAULTS="put-500-once put-lost-ack reset-cut-after-secret reset-cut-inside-secret put-401-always down-after-reset
  given-secret-dead token-wrong copy-403-permission killed-before-reset killed-after-reset killed-before-save
  killed-and-post-inputs-differ"

wrong=0
# Standard output goes to a file: Node under Wine has no other.
play() {
  local name=$1 due=$2 code=$3 started=$SECONDS ended said
  shift 3
  "$@" >"$out/said" 2>"$out/complaints"
  ended=$?
  said=$(tr -d '\r' <"$out/said" | sed -n 's/^  result  *\([a-z-]*\)$/\1/p')
  if [ "$said $ended" = "$due $code" ] && ! grep -q '^  NO  ' "$out/said" && [ ! -s "$out/complaints" ]; then
    echo "ok     $name: $due after $((SECONDS - started)) s"
  else
    echo "WRONG  $name: '$said' with exit code $ended, where '$due' with $code is due"
    cat "$out/said" "$out/complaints"
    wrong=$((wrong + 1))
  fi
}

"$@" dist/sandbox/index.js --faults >"$out/faults" || exit 1
play "nothing wrong" rotated 0 "$@" dist/sandbox/index.js
for mode in check:checked verify:verified copy:copied rescue:rotated finish:finished; do
  play "mode ${mode%:*}" "${mode#*:}" 0 "$@" dist/sandbox/index.js --mode "${mode%:*}"
done
for fault in $FAULTS; do
  due=$(tr -d '\r' <"$out/faults" | sed -n "s/^  $fault: //p")
  case $fault:$due in
    killed-*) code=137 ;;
    *:rotated) code=0 ;;
    *) code=1 ;;
  esac
  play "$fault" "$due" "$code" "$@" dist/sandbox/index.js --fault "$fault"
done
echo "$wrong wrong"
[ "$wrong" -eq 0 ]
