#!/usr/bin/env bash
# The browser suite against a portal that is already built.
#
#   run.sh [TEST-FILE…]      all files beside this one by default; those in proof/ only by name
#
# PORTAL_BIN       the portal (default: target/debug/portal of this checkout)
# PORTAL_OLD_BIN   a portal of the previous schema version, for proof/versions.test.mjs
# SLOTWERK_BIN     the operator's tool (default: beside the portal)
# SLOTWERK_PYTHON  a Python that has the packages of requirements.txt (default: a venv in target/, made if absent)
# CHROMIUM         the browser (default: /usr/bin/chromium)
# SHOTS            where the screenshots go (default: shots/ beside this file)
# UPDATE_PICTURES  1 copies the few pictures for the documentation into ../pictures/
set -euo pipefail

cd "$(dirname "$0")"
root=$(cd ../../.. && pwd)

missing=()
for tool in "${CHROMIUM:-/usr/bin/chromium}" node npm oathtool zbarimg python3; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "the browser suite needs: ${missing[*]} (on Debian: .ci/services install)" >&2
  exit 1
fi

export PORTAL_BIN=${PORTAL_BIN:-${CARGO_TARGET_DIR:-$root/target}/debug/portal}
if [ ! -x "$PORTAL_BIN" ]; then
  echo "no portal at $PORTAL_BIN: cargo build -p portal" >&2
  exit 1
fi
export SLOTWERK_BIN=${SLOTWERK_BIN:-$(dirname "$PORTAL_BIN")/slotwerk}
if [ ! -x "$SLOTWERK_BIN" ]; then
  echo "no operator's tool at $SLOTWERK_BIN: cargo build -p slotwerk-cli" >&2
  exit 1
fi

# What npm installed says which lock file it was installed from.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --no-audit --no-fund
fi

if [ -z "${SLOTWERK_PYTHON:-}" ]; then
  venv=$root/target/ci-venv
  if ! "$venv/bin/python" -c 'import aiosmtpd' 2>/dev/null; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --requirement requirements.txt
  fi
  export SLOTWERK_PYTHON=$venv/bin/python
fi

if [ $# -eq 0 ]; then
  set -- ./*.test.mjs
fi
# Two browsers at once are what a small machine bears; a file that hangs is a failure, not a wait.
exec node --test --test-concurrency=2 --test-timeout=2100000 --test-reporter=spec "$@"
