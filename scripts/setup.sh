#!/bin/sh
# Installs the missing Debian packages: setup.sh [build|test]. Default: test, which needs more packages.
# Prints nothing when none is missing. Exits with 125 when one is missing and can't be installed.
set -u
what=${1:-test}
missing=

# need PACKAGE COMMAND: adds the package to $missing if its command is not found.
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
    need iproute2 ip
    need nftables nft
    need slirp4netns slirp4netns
    need dnsmasq-base dnsmasq
    need nginx-light nginx
    [ -e /usr/lib/nginx/modules/ngx_stream_module.so ] || missing="$missing libnginx-mod-stream"
    need openssl openssl
    need systemd systemd-analyze
    [ -e /usr/lib/python3/dist-packages/ipykernel ] || missing="$missing python3-ipykernel"
fi
# Node is not installed here: Debian 12's package is too old.
if [ "$what" = test ] && ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; then
    echo "sand-boxer: the tests need Node 20 or later with npm; put it on the PATH" >&2
    exit 125
fi
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ -n "${SANDBOXER_NO_INSTALL:-}" ] || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "sand-boxer: missing packages:$missing; install them: sudo sh -c 'apt-get update && $install'" >&2
    exit 125
fi
echo "sand-boxer: installing$missing" >&2
log=$(mktemp) || exit 125
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive $install; } </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "sand-boxer: could not install:$missing; once apt-get works again: apt-get update && $install" >&2
    exit 125
fi
