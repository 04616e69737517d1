#!/bin/sh
# See README.md. SANDBOXER_PROGRAM names the sandboxer to use; default: the one on the PATH.
set -eu
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
sandboxer() { "${SANDBOXER_PROGRAM:-sandboxer}" "$@"; }
SANDBOXER_HOME=$(mktemp -d "${TMPDIR:-/tmp}/fin-hub.XXXXXX")
export SANDBOXER_HOME
hub=
clean_up() {
    [ -z "$hub" ] || kill "$hub" 2>/dev/null || :
    wait
    rm -rf "$SANDBOXER_HOME"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

FIN_HUB_SECRETS=whsec_$(head -c 24 /dev/urandom | base64)
export FIN_HUB_SECRETS
java "$here/FinHub.java" 0 "$SANDBOXER_HOME/bill.jsonl" >"$SANDBOXER_HOME/hub.out" &
hub=$!
for _ in $(seq 600); do
    SANDBOXER_FIN_HUB_URL=$(sed -n 's/^listening on //p' "$SANDBOXER_HOME/hub.out")
    [ -z "$SANDBOXER_FIN_HUB_URL" ] || break
    sleep 0.1
done
SANDBOXER_FIN_HUB_SECRET=$FIN_HUB_SECRETS
export SANDBOXER_FIN_HUB_URL SANDBOXER_FIN_HUB_SECRET

sandboxer run --profile saas-stub -- echo hello
echo '== the bill from the receiver'
java "$here/FinHub.java" "$SANDBOXER_HOME/bill.jsonl" | grep local
