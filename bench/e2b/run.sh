#!/bin/sh
# Measures `sandboxer serve` through the official E2B SDK, over loopback.
#   bench/e2b/run.sh            prints a table
#   bench/e2b/run.sh --quick    fewer rounds, for a look
#   bench/e2b/run.sh --record   also adds the table to bench/RESULTS.md
#   bench/e2b/run.sh --hop      prints what a second server in front of the first adds
# The SDK is the one that conformance/ pins: npm ci --prefix conformance. SANDBOXER_DIST names a distribution
# to measure instead of this checkout's.
set -eu
root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/../.." && pwd -P)

if [ ! -d "$root/conformance/node_modules/e2b" ]; then
    echo "bench: the SDK is missing; install it: npm ci --prefix conformance --no-audit --no-fund" >&2
    exit 1
fi
if [ -z "${SANDBOXER_DIST:-}" ] && [ -x "$root/sandboxer" ]; then
    SANDBOXER_NO_INSTALL=1 "$root/sandboxer" --version >/dev/null # builds what has changed
fi
program=bench.mjs
[ "${1:-}" != --hop ] || program=hop.mjs
# As users start it: with the cache of prepared classes, which the first start waits for.
SANDBOXER_AOT=${SANDBOXER_AOT:-wait} exec node "$root/bench/e2b/$program" "$@"
