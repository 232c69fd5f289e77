#!/usr/bin/env bash
# Every check and every test; stops at the first step that fails and names it.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
. scripts/lib.sh

began=$(now)
passed=$(mktemp)
beside=$(mktemp)
trap 'rm -f "$quiet_log" "$passed" "$beside"' EXIT

check() {
  local title=$1 from
  from=$(now)
  shift
  printf '\n== %s ==\n' "$title"
  "$@" || die "make test stopped at \"$title\", $(since "$began") after its start."
  printf '%8s  %s\n' "$(since "$from")" "$title" >>"$passed"
}

in_front_end() { (cd frontend && "$@"); }

check_python() {
  check "Python rules (ruff check)" .venv/bin/ruff check
  check "Python format (ruff format --check)" .venv/bin/ruff format --check
  check "Python types (mypy --strict)" .venv/bin/mypy
  check "Who may import whom (import-linter)" .venv/bin/lint-imports
}

# Beside those of the front end: each keeps one core busy.
check_python >"$beside" 2>&1 &
check "Front end: types and format (svelte-check, tsc, prettier)" in_front_end npm run --silent check
check "Front end: tests (vitest)" in_front_end npm run --silent test
wait $! || {
  cat "$beside" >&2
  exit 1
}
cat "$beside"
check "Type errors are caught (a deliberate one in Python, Svelte and TypeScript)" scripts/canary.sh
# Apart, since the browser's driver keeps a loop running in its thread, where no other loop can run.
check "Unit, API and run tests (pytest)" .venv/bin/pytest -n 2 --dist loadgroup --durations 20 -m "not assurance and not browser"
check "Browser tests (pytest)" .venv/bin/pytest -n 2 --dist worksteal --durations 20 -m "not assurance and browser"

printf '\n== Passed ==\n'
cat "$passed"
command -v chromium >/dev/null ||
  echo "WARNING: there is no chromium command here, so the browser journeys were SKIPPED; install Debian's chromium package to run them."
echo "make test passed in $(since "$began")."
