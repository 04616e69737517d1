#!/bin/sh
# Installs the Debian packages that are missing, and only those: setup.sh [build|test].
# Prints nothing when all is there. Exit 125 when something is missing and cannot be installed.
set -u
what=${1:-test}
missing=

# need PACKAGE COMMAND: the command stands for the package.
need() {
    PATH=$PATH:/usr/sbin:/sbin command -v "$2" >/dev/null || missing="$missing $1"
}

need bubblewrap bwrap
need gcc gcc
[ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
need make make
need maven mvn
if [ "$what" = test ]; then
    need e2fsprogs mkfs.ext4
    need uidmap newuidmap
    need busybox-static busybox
    need adduser adduser
    need curl curl
    need systemd systemd-analyze
fi
# Debian 12's own Node is too old, so there is no package that would do.
if [ "$what" = test ] && ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; then
    echo "sand-boxer: the tests need Node 20 or later with npm; put it on the PATH" >&2
    exit 125
fi
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ -n "${SANDBOXER_NO_INSTALL:-}" ] || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "sand-boxer: missing:$missing. Install with: sudo sh -c 'apt-get update && $install'" >&2
    exit 125
fi
echo "sand-boxer: installing$missing" >&2
log=$(mktemp) || exit 125
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive $install; } </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "sand-boxer: could not install:$missing. Once apt-get works again: apt-get update && $install" >&2
    exit 125
fi
