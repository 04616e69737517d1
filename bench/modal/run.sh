#!/bin/sh
# Compares ext.modal with Modal's own JavaScript SDK, both at the same fake Modal on this machine.
#   bench/modal/run.sh            prints a table
#   bench/modal/run.sh --quick    fewer rounds; not for figures to quote
#   bench/modal/run.sh --record   also adds the table to bench/RESULTS.md
# Uses the SDK of conformance/: npm ci --prefix conformance. SANDBOXER_DIST names a distribution to measure;
# default: this checkout's.
set -eu
root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/../.." && pwd -P)

if [ ! -d "$root/conformance/node_modules/modal" ]; then
    echo "bench: the SDK is missing; install it: npm ci --prefix conformance --no-audit --no-fund" >&2
    exit 1
fi
dist=${SANDBOXER_DIST:-}
if [ -z "$dist" ]; then
    dist=$root/cli/target/sandboxer
    SANDBOXER_NO_INSTALL=1 "$root/sandboxer" --version >/dev/null # rebuilds what has changed
fi
dist=$(CDPATH='' cd -P -- "$dist" && pwd -P) # a build meanwhile replaces the link, not the directory
. "$dist/lib/jdk.sh"
. "$dist/lib/classpath.sh"
find_jdk
if [ ! -x "$jdk/bin/javac" ]; then
    echo "bench: $jdk has no javac; set SANDBOXER_JAVA_HOME to a complete JDK 25" >&2
    exit 1
fi
cp=
IFS=:
all=$jars:$modal_jars
for jar in $all; do cp=$cp${cp:+:}$dist/lib/$jar; done
unset IFS

work=$(mktemp -d "${TMPDIR:-/tmp}/sandboxer-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
"$jdk/bin/javac" -proc:none -nowarn -d "$work" -cp "$cp" "$root/bench/modal/Adapter.java"
SANDBOXER_DIST=$dist BENCH_JAVA=$jdk/bin/java BENCH_CLASSPATH=$work:$cp \
    node --expose-gc "$root/bench/modal/bench.mjs" "$@"
