#!/bin/sh
# See README.md. SANDBOXER_PROGRAM names the sandboxer to use; default: the one on the PATH.
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

echo '== a team gets 1 to spend, at most 0.05 a day'
sandboxer consumers add team
sandboxer credits grant team 1
sandboxer credits set team --budget 0.05/day

echo '== the first sandbox runs on this machine, the second in the cloud'
sandboxer create -p burst --consumer team >/dev/null
sandboxer create -p burst --consumer team --max-cost 0.03 >/dev/null
sandboxer ls --consumer team

echo '== the budget now reserved for both'
sandboxer credits balance team

echo '== a third requests an hour and gets only the time that the remaining budget pays for'
sandboxer create -p burst --consumer team --ttl 1h >/dev/null

echo '== a fourth is refused: the budget is used up'
if sandboxer create -p burst --consumer team >/dev/null; then
    echo 'the fourth sandbox was created although the budget is used up' >&2
    exit 1
fi

echo '== the cost'
sandboxer destroy --all --consumer team >/dev/null
sandboxer usage
