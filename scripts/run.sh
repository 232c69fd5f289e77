#!/usr/bin/env bash
# Sets up what is missing and runs the whole of Glidepath until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
exec .venv/bin/glidepath run
