#!/usr/bin/env bash
# Makes the virtual environment and builds the front end; skips what has not changed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

uv_version=0.13.9
# A virtual environment of the caller's must not be mistaken for ours.
unset VIRTUAL_ENV PYTHONPATH PYTHONHOME
export UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never

new_enough_python() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if new_enough_python "$name"; then
      command -v "$name"
      return
    fi
  done
  die "Glidepath needs Python 3.11 or newer and found $(python3 --version 2>/dev/null || echo none); install it and run make again."
}

make_environment() {
  # Debian's python3 may come without ensurepip; then the system's pip installs into the new one.
  local python
  python=$(find_python)
  rm -rf .venv
  if "$python" -m venv .venv; then
    .venv/bin/python -m pip install --quiet "uv==$uv_version"
  else
    rm -rf .venv
    "$python" -m venv --without-pip .venv
    "$python" -m pip --python .venv/bin/python install --quiet "uv==$uv_version" || {
      rm -rf .venv
      die "Python can neither make a virtual environment nor run pip; install Debian's python3-venv package (or your system's like) and run make again."
    }
  fi
}

check_node() {
  local found
  found=$(node --version 2>/dev/null || echo none)
  if ! command -v npm >/dev/null ||
    ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
    die "Glidepath needs Node 20.19 or newer with npm to build the front end and found $found; install it and run make again."
  fi
}

install_packages() { (cd frontend && npm ci --no-audit --no-fund --no-progress); }

build_front_end() { (cd frontend && npm run build); }

if new_enough_python .venv/bin/python && [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" = "$uv_version" ]; then
  skip "Virtual environment (.venv)"
else
  find_python >/dev/null
  step "Making the virtual environment (.venv)" make_environment
fi

wanted=$(printf '%s\0' uv.lock pyproject.toml scripts/setup.sh | fingerprint)
if stamped .venv/.glidepath-packages "$wanted"; then
  skip "Python packages"
else
  # Compiled once here rather than at a first start, which is waited for.
  step "Installing the Python packages" .venv/bin/uv sync --frozen --compile-bytecode
  echo "$wanted" >.venv/.glidepath-packages
fi

model=$(printf '%s\0' uv.lock backend/glidepath/trends/*.py | fingerprint)
if stamped .venv/.glidepath-detector "$model"; then
  skip "Detector"
else
  step "Compiling the detector" .venv/bin/python -c 'from glidepath.trends import warm_up; warm_up()'
  echo "$model" >.venv/.glidepath-detector
fi

packages=$(printf '%s\0' frontend/package.json frontend/package-lock.json | fingerprint)
if stamped frontend/node_modules/.glidepath-packages "$packages"; then
  skip "Front-end packages"
else
  check_node
  step "Installing the front-end packages" install_packages
  echo "$packages" >frontend/node_modules/.glidepath-packages
fi

# The front end also reads the clinical data files, so they count as its sources.
sources=$(
  {
    find frontend \( -name node_modules -o -name dist \) -prune -o -type f -print0
    find backend/glidepath/clinical -name '*.json' -print0
  } | fingerprint
)
if [ -f frontend/dist/index.html ] && stamped frontend/node_modules/.glidepath-build "$sources"; then
  skip "Front end (frontend/dist)"
else
  check_node
  step "Building the front end" build_front_end
  echo "$sources" >frontend/node_modules/.glidepath-build
fi
