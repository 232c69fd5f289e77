#!/usr/bin/env bash
# The long tests: faults of the network, and a browser that is killed. Under an hour on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
command -v chromium >/dev/null || {
  echo "make assurance needs Debian's chromium package." >&2
  exit 1
}
.venv/bin/pytest -v -n 2 --dist worksteal -m assurance tests/assurance "$@"
