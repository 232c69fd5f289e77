# Shared by the scripts; sourced, from the root of the repository.
# shellcheck shell=bash
quiet_log=$(mktemp)
trap 'rm -f "$quiet_log"' EXIT

now() {
  local seconds=${EPOCHREALTIME:-$SECONDS}
  echo "${seconds/,/.}"
}

since() { LC_ALL=C awk -v from="$1" -v to="$(now)" 'BEGIN { printf "%.1f s", to - from }'; }

die() {
  echo "$1" >&2
  exit 1
}

# step TITLE COMMAND...: one progress line; what the command prints is shown only when it fails.
step() {
  local title=$1 from
  from=$(now)
  shift
  printf '%s ... ' "$title"
  if ("$@") >"$quiet_log" 2>&1; then
    since "$from" && echo
  else
    echo "failed after $(since "$from")"
    cat "$quiet_log" >&2
    die "$title failed; what it said stands above."
  fi
}

skip() { echo "$1: unchanged, skipped"; }

# fingerprint: one hash over the NUL-separated file names on standard input and their contents.
fingerprint() {
  local sum=(sha256sum)
  command -v sha256sum >/dev/null || sum=(shasum -a 256)
  LC_ALL=C sort -z | xargs -0 "${sum[@]}" | "${sum[@]}"
}

# stamped FILE FINGERPRINT: whether the step that wrote FILE saw the same inputs.
stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
