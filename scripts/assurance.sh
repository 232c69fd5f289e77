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

failed=0
run() {
  .venv/bin/pytest -v --dist worksteal --durations 15 "$@" || failed=1
}
run -n 2 -m "assurance and not browser and not alone" "$@"
# Apart, since the browser's driver keeps a loop running in its thread, where what needs a loop of its own cannot run; and
# more at once, since a phone in a bad network mostly waits.
run -n 4 -m "assurance and browser and not alone" "$@"
# These measure what a machine can do, and want it for themselves.
run -n 0 -m "assurance and alone" "$@"
.venv/bin/python scripts/bounds.py
exit $failed
