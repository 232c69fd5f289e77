#!/usr/bin/env bash
# Runs every benchmark, one after the other, so that none disturbs another.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
# The other detectors, and what draws; setting up leaves them out.
.venv/bin/uv sync --frozen --quiet --all-groups
missed=()
for benchmark in benchmarks/*.py; do
  printf '\n== %s ==\n' "$benchmark"
  .venv/bin/python "$benchmark" || missed+=("$benchmark")
done
if ((${#missed[@]})); then
  printf '\nA goal was missed, or it did not run: %s\n' "${missed[@]}" >&2
  exit 1
fi
