#!/usr/bin/env bash
# A check that no error can fail is no check: plants one type error in Python, in Svelte and in
# TypeScript, under the project's own configuration, and fails unless each is reported.
set -euo pipefail
cd "$(dirname "$0")/.."

python_canary=$(mktemp -d)
front_end_canary=$(mktemp -d frontend/.canary.XXXXXX)
trap 'rm -rf "$python_canary" "$front_end_canary"' EXIT

# failing COMMAND...: what a command says that must fail.
failing() {
  if "$@" 2>&1; then
    echo "The planted errors went unnoticed by: $1" >&2
    exit 1
  fi
}

# caught NAME PATTERN SAID: what was said must name the planted error.
caught() {
  if ! grep -q "$2" <<<"$3"; then
    printf 'The planted error (%s) went unnoticed; this was said:\n%s\n' "$1" "$3" >&2
    exit 1
  fi
  echo "caught: $1"
}

cat >"$python_canary/canary.py" <<'PYTHON'
from glidepath.settings import Settings

port: str = Settings().port


def untyped(value):
    return value
PYTHON
said=$(failing .venv/bin/mypy --config-file pyproject.toml "$python_canary/canary.py")
caught "Python, wrong type" 'Incompatible types in assignment' "$said"
caught "Python, missing annotation" 'missing a type annotation' "$said"

echo '{"extends": "../tsconfig.json", "include": ["*.ts", "*.svelte"], "exclude": []}' >"$front_end_canary/tsconfig.json"
echo 'export const days: number[] = ["Monday"];' >"$front_end_canary/canary.ts"
printf '<script lang="ts">\n  const pain: number = "seven";\n</script>\n\n<p>{pain}</p>\n' \
  >"$front_end_canary/Canary.svelte"
svelte_check() {
  (cd "$front_end_canary" && ../node_modules/.bin/svelte-check --output machine --tsconfig ./tsconfig.json)
}
said=$(failing svelte_check)
caught "TypeScript" 'canary.ts.*not assignable' "$said"
caught "Svelte" 'Canary.svelte.*not assignable' "$said"
