#!/usr/bin/env bash
# The browser suite against a service that is already built.
#
#   run.sh [TEST-FILE…]      all files beside this one that fit the service by default; those in proof/ only by name
#
# SUITE_HOST       the service: portal (the default), or axum-host
# PORTAL_BIN       the portal (default: target/debug/portal of this checkout)
# AXUM_HOST_BIN    axum-host (default: beside the portal)
# PORTAL_OLD_BIN   a portal of the previous schema version, for proof/versions.test.mjs
# SLOTWERK_BIN     the operator's tool (default: beside the portal)
# SLOTWERK_PYTHON  a Python that has the packages of requirements.txt (default: a venv in target/, made if absent)
# CHROMIUM         the browser (default: /usr/bin/chromium)
# SUITE_AT_ONCE    how many files run at once (default: 2)
# SHOTS            where the screenshots go (default: shots/ beside this file)
# UPDATE_PICTURES  1 copies the few pictures for the documentation into ../pictures/
set -euo pipefail

cd "$(dirname "$0")"
root=$(cd ../../.. && pwd)

# These files need something that axum-host does not have, so they run on the portal only. In the other files, axum-host
# skips the tests that do not fit, and reports the reason.
portal_only=(
  # A clock that the test moves: hours, days and years pass.
  attacks_clock attacks_lockout clock set_up_again step_up waiting
  # A mailbox, and pictures of each page for the documentation.
  mailbox look
  # Options: proxies, other databases, a filter of breached passwords, added tenants, wrong options.
  attacks_disk lanes nodes options rules standing
  # The facade and its store, which are the same in both: load, kills, restarts, requests at once.
  flood kill renewal_at_once restart
  # The JSON API.
  api_client api_demo api_document
  # The help desk, stores, logo and rule about strength, which only the portal has.
  app_links desk steps strength
)

missing=()
for tool in "${CHROMIUM:-/usr/bin/chromium}" node npm oathtool zbarimg python3 openssl; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "the browser suite needs: ${missing[*]} (on Debian: .ci/services install)" >&2
  exit 1
fi

# program PATH PACKAGE: fails if it is not built.
program() {
  if [ ! -x "$1" ]; then
    echo "no program at $1: cargo build -p $2" >&2
    exit 1
  fi
}
export SUITE_HOST=${SUITE_HOST:-portal}
export PORTAL_BIN=${PORTAL_BIN:-${CARGO_TARGET_DIR:-$root/target}/debug/portal}
export AXUM_HOST_BIN=${AXUM_HOST_BIN:-$(dirname "$PORTAL_BIN")/axum-host}
export SLOTWERK_BIN=${SLOTWERK_BIN:-$(dirname "$PORTAL_BIN")/slotwerk}
case $SUITE_HOST in
  portal) program "$PORTAL_BIN" portal ;;
  axum-host) program "$AXUM_HOST_BIN" axum-host ;;
  *) echo "SUITE_HOST: portal or axum-host, not $SUITE_HOST" >&2; exit 2 ;;
esac
program "$SLOTWERK_BIN" slotwerk-cli

# What npm installed says which lock file it was installed from. A suite that runs beside this one may install, too.
exec 9<package-lock.json
flock 9
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --no-audit --no-fund
fi
exec 9<&-

if [ -z "${SLOTWERK_PYTHON:-}" ]; then
  venv=$root/target/ci-venv
  if ! "$venv/bin/python" -c 'import aiosmtpd, schemathesis' 2>/dev/null; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --requirement requirements.txt
  fi
  export SLOTWERK_PYTHON=$venv/bin/python
fi

if [ $# -eq 0 ]; then
  for file in *.test.mjs; do
    if [ "$SUITE_HOST" = portal ] || [[ " ${portal_only[*]} " != *" ${file%.test.mjs} "* ]]; then
      set -- "$@" "./$file"
    fi
  done
fi
# Two browsers at once are what a small machine bears; a file that hangs is a failure, not a wait.
exec node --test --test-concurrency="${SUITE_AT_ONCE:-2}" --test-timeout=900000 --test-reporter=spec "$@"
