#!/usr/bin/env bash
# Removes what set-up, builds and tests made; the demo's database stays.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf .venv frontend/node_modules frontend/dist dist build htmlcov test-results .coverage \
  .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
find backend tests migrations benchmarks -name __pycache__ -prune -exec rm -rf {} +
if [ -d .glidepath ]; then
  echo "The demo's database in .glidepath is kept; delete that folder to start from nothing."
fi
