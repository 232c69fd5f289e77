#!/usr/bin/env bash
# Runs every benchmark, one after the other, so that none disturbs another.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
for benchmark in benchmarks/*.py; do
  printf '\n== %s ==\n' "$benchmark"
  .venv/bin/python "$benchmark"
done
