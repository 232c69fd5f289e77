#!/usr/bin/env bash
# Every long test, wherever it stands.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
command -v chromium >/dev/null || {
  echo "make assurance needs Debian's chromium package." >&2
  exit 1
}

# What is found is added to what earlier runs found.
export ASSURANCE_RESULTS=${ASSURANCE_RESULTS:-$PWD/docs/assurance.jsonl}

run() {
  .venv/bin/pytest -v --dist worksteal --durations 15 "$@"
}
failed=0
# Two at once: the first keeps the processor busy, and the second mostly waits, for a phone in a bad network. They are apart also
# since the browser's driver keeps a loop running in its thread, where what needs a loop of its own cannot run.
# With jobs of their own, so that both hear of an interruption.
set -m
browser=$(mktemp)
run -n 3 -m "assurance and browser and not alone" "$@" >"$browser" 2>&1 &
trap 'kill -INT -- -$!' INT TERM
run -n 2 -m "assurance and not browser and not alone" "$@" || failed=1
wait $! || failed=1
cat "$browser" && rm "$browser"
trap - INT TERM
# These measure what a machine can do, and want it for themselves.
run -n 0 -m "assurance and alone" "$@" || failed=1
.venv/bin/python scripts/bounds.py
exit $failed
