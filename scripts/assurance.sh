#!/usr/bin/env bash
# Every long test, wherever it stands: a good hour on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
command -v chromium >/dev/null || {
  echo "make assurance needs Debian's chromium package." >&2
  exit 1
}

# The browser's driver keeps a loop running in its thread, where what needs a loop of its own cannot run.
failed=0
for which in "assurance and not browser" "assurance and browser"; do
  .venv/bin/pytest -v -n 2 --dist worksteal -m "$which" "$@" || failed=1
done
exit $failed
