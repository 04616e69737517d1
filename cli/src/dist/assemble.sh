#!/bin/sh
# Assembles the distribution: assemble.sh TARGET_DIR MAIN_JAR
# TARGET_DIR/classpath lists the other jars. TARGET_DIR/sandboxer is a link that is switched to the
# finished directory in one step, so that an incomplete distribution is never started. The previous
# one stays for processes that still run from it.
set -eu
target=$1
jars=$2:$(cat "$target/classpath")
src=$(dirname "$0")
stage=$target/dist-$$.tmp
trap 'rm -rf "$stage"' EXIT
trap 'exit 1' HUP INT TERM

rm -rf "$target"/dist-*.tmp
mkdir -p "$stage/bin" "$stage/lib"
names=
server=
postgres=
modal=
IFS=:
for jar in $jars; do
    name=${jar##*/}
    [ ! -e "$stage/lib/$name" ] || { echo "assemble.sh: two jars are called $name" >&2; exit 1; }
    # Maven rewrites this project's jars in place; the others never change.
    case $jar in
        */target/*) cp -p "$jar" "$stage/lib/$name" ;;
        *) ln "$jar" "$stage/lib/$name" 2>/dev/null || cp -p "$jar" "$stage/lib/$name" ;;
    esac
    # Jars that only servers need are not on the class path of other commands: a search for services or
    # for a missing resource opens every jar, and 15 jars take 7 ms.
    case $name in
        jetty-* | logback-* | prometheus-* | sandboxer-server-* | sandboxer-fake-clouds-*) server=$server${server:+:}$name ;;
        # Jars that only users of PostgreSQL need.
        postgresql-* | HikariCP-* | flyway-database-* | db-scheduler-*) postgres=$postgres${postgres:+:}$name ;;
        # Jars that only users of Modal need.
        sandboxer-modal-protocol-* | grpc-* | okio-* | kotlin-stdlib-* | guava-* | failureaccess-* | listenablefuture-* | \
            j2objc-annotations-* | perfmark-api-* | animal-sniffer-annotations-* | annotations-* | proto-google-common-protos-*)
            modal=$modal${modal:+:}$name
            ;;
        *) names=$names${names:+:}$name ;;
    esac
done
unset IFS
id=$(cd "$stage/lib" && cat -- *.jar | cksum | cut -d' ' -f1)
printf '# Written by the build: the order of the jars is part of the AOT cache.\nid=%s\njars=%s\nserver_jars=%s\npostgres_jars=%s\nmodal_jars=%s\n' \
    "$id" "$names" "$server" "$postgres" "$modal" >"$stage/lib/classpath.sh"
# Unpack the database's native library once: otherwise every command unpacks it to /tmp.
machine=$(uname -m)
case $machine in amd64) machine=x86_64 ;; arm64) machine=aarch64 ;; esac
native=org/sqlite/native/Linux/$machine/libsqlitejdbc.so
. "$src/lib/jdk.sh"
find_jdk 25
(cd "$stage/lib" && "$jdk/bin/jar" -xf sqlite-jdbc-*.jar "$native" && mv "$native" . && rm -r org)
cp "$src/lib/jdk.sh" "$stage/lib/"
cp "$src/bin/sandboxer" "$stage/bin/"
chmod 755 "$stage/bin/sandboxer"

old=$(readlink "$target/sandboxer" 2>/dev/null || :)
# A build that changed nothing keeps the old distribution, because its AOT cache is only valid for its jars.
if [ -n "$old" ] && diff -rq -x aot "$stage" "$target/$old" >/dev/null 2>&1; then
    exit 0
fi
new=dist-$(date +%s)-$$
mv "$stage" "$target/$new"
[ -h "$target/sandboxer" ] || rm -rf "$target/sandboxer"
ln -s "$new" "$target/sandboxer.$$"
mv -T "$target/sandboxer.$$" "$target/sandboxer"
for dir in "$target"/dist-*; do
    case ${dir##*/} in "$new" | "$old") ;; *) rm -rf "$dir" ;; esac
done
