#!/bin/sh
# private-network.sh COMMAND...: runs COMMAND in its own network namespace, next to a simulated internet. This machine's own network is
# neither used nor changed. The namespaces end with COMMAND. Exits 77 if this machine lacks root or one of the programs below.
set -eu
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
[ "$(id -u)" = 0 ] || exit 77
for program in ip nft unshare python3 openssl dnsmasq nginx; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || exit 77
done
if [ -z "${SANDBOXER_PRIVATE_NETWORK-}" ]; then
    export SANDBOXER_PRIVATE_NETWORK=1
    exec unshare --net --mount sh "$0" "$@"
fi
PATH=$PATH:/usr/sbin:/sbin
work=$(mktemp -d)
mkfifo "$work/input"
sleep infinity >"$work/input" & # keeps the input open, because internet.py runs until the end of its input
holder=$!
unshare --net python3 "$here/../../extensions/local/src/test/resources/network/internet.py" <"$work/input" >"$work/output" &
internet=$!
trap 'kill $holder $internet; rm -rf "$work"' EXIT
until grep -q ready "$work/output" 2>/dev/null; do sleep 0.1; done
ip link set lo up
ip link add up0 type veth peer name down0 netns "$internet"
ip address add 203.0.113.2/24 dev up0
ip link set up0 up
ip route add default via 203.0.113.1 2>/dev/null || :
in_internet() { nsenter --net="/proc/$internet/ns/net" "$@"; }
in_internet ip link set lo up
in_internet ip address add 203.0.113.1/24 dev down0
in_internet ip link set down0 up
for address in 1.1.1.1 9.9.9.9 10.66.0.1 169.254.169.254 192.168.7.7 100.64.0.1; do in_internet ip address add "$address/32" dev lo; done
echo 'nameserver 10.66.0.1' >"$work/resolv.conf"
mount --bind "$work/resolv.conf" "$(readlink -f /etc/resolv.conf)"
# plain users need a device with the permissions that udev gives it
if [ -e /dev/net/tun ] && mknod -m 666 "$work/tun" c 10 200 2>/dev/null; then mount --bind "$work/tun" /dev/net/tun; fi
"$@"
