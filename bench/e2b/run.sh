#!/bin/sh
# Measures `sandboxer serve` through the official E2B SDK, over loopback.
#   bench/e2b/run.sh            prints a table
#   bench/e2b/run.sh --quick    fewer rounds; not for figures to quote
#   bench/e2b/run.sh --record   also adds the table to bench/RESULTS.md
#   bench/e2b/run.sh --hop      prints the time that a forwarding server in front adds
# Uses the SDK of conformance/: npm ci --prefix conformance. SANDBOXER_DIST names a distribution to measure;
# default: this checkout's.
set -eu
root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/../.." && pwd -P)

if [ ! -d "$root/conformance/node_modules/e2b" ]; then
    echo "bench: the SDK is missing; install it: npm ci --prefix conformance --no-audit --no-fund" >&2
    exit 1
fi
if [ -z "${SANDBOXER_DIST:-}" ] && [ -x "$root/sandboxer" ]; then
    SANDBOXER_NO_INSTALL=1 "$root/sandboxer" --version >/dev/null # rebuilds what has changed
fi
program=bench.mjs
[ "${1:-}" != --hop ] || program=hop.mjs
# Starts the server as users do, with the start-up cache. The first start waits for it.
SANDBOXER_AOT=${SANDBOXER_AOT:-wait} exec node "$root/bench/e2b/$program" "$@"
