#!/usr/bin/env bash
# The documentation as a site in build/site; a link that leads nowhere stops it.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
. scripts/lib.sh
# It speaks of a successor that is none yet.
export NO_MKDOCS_2_WARNING=1
step "Building the documentation" .venv/bin/mkdocs build --strict
echo "The documentation is in build/site; open build/site/index.html."
