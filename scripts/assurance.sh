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
run -n 2 -m "assurance and not browser and not alone" "$@" || failed=1
# Apart, since the browser's driver keeps a loop running in its thread, where what needs a loop of its own cannot run. Beside
# the part above it takes as long: both keep the processor busy. Three at once, since a phone in a bad network waits.
run -n 3 -m "assurance and browser and not alone" "$@" || failed=1
# These measure what a machine can do, and want it for themselves.
run -n 0 -m "assurance and alone" "$@" || failed=1
.venv/bin/python scripts/bounds.py
exit $failed
