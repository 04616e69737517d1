#!/bin/sh
# See README.md. SANDBOXER_PROGRAM is the sandboxer to use; without it the one on the PATH.
set -eu
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
sandboxer() { "${SANDBOXER_PROGRAM:-sandboxer}" "$@"; }
SANDBOXER_HOME=$(mktemp -d "${TMPDIR:-/tmp}/burst.XXXXXX")
export SANDBOXER_HOME
clean_up() {
    sandboxer destroy --all --consumer team >/dev/null || :
    rm -rf "$SANDBOXER_HOME"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cp "$here/config.yaml" "$SANDBOXER_HOME/"

echo '== a team with 1 to spend, and 0.05 a day of it'
sandboxer consumers add team
sandboxer credits grant team 1
sandboxer credits set team --budget 0.05/day

echo '== the first sandbox has room on this machine, the second goes to the cloud'
sandboxer create -p burst --consumer team >/dev/null
sandboxer create -p burst --consumer team --max-cost 0.03 >/dev/null
sandboxer ls --consumer team

echo '== what is set aside of the budget'
sandboxer credits balance team

echo '== a third wants an hour, and gets as long as the rest of the budget pays for'
sandboxer create -p burst --consumer team --ttl 1h >/dev/null

echo '== for a fourth nothing is left'
if sandboxer create -p burst --consumer team >/dev/null; then
    echo 'the budget did not hold' >&2
    exit 1
fi

echo '== what it has cost'
sandboxer destroy --all --consumer team >/dev/null
sandboxer usage
