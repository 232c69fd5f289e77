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

# The browser's driver keeps a loop running in its thread, where what needs a loop of its own cannot run.
failed=0
for which in "assurance and not browser and not alone" "assurance and browser and not alone"; do
  .venv/bin/pytest -v -n 2 --dist worksteal -m "$which" --durations 15 "$@" || failed=1
done
# These measure what a machine can do, and want it for themselves.
.venv/bin/pytest -v -m "assurance and alone" --durations 15 "$@" || failed=1
.venv/bin/python scripts/bounds.py
exit $failed
