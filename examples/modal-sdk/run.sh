#!/bin/sh
# See README.md. SANDBOXER_PROGRAM names the sandboxer to use; default: the one on the PATH.
set -eu
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
sandboxer() { "${SANDBOXER_PROGRAM:-sandboxer}" "$@"; }
SANDBOXER_HOME=$(mktemp -d "${TMPDIR:-/tmp}/modal-sdk.XXXXXX")
export SANDBOXER_HOME
server=
clean_up() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || :
    wait
    sandboxer destroy --all >/dev/null || :
    rm -rf "$SANDBOXER_HOME"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[ -d "$here/node_modules" ] || npm install --prefix "$here" --no-audit --no-fund --silent

MODAL_TOKEN_ID=ak-any # any value: only the secret is checked
MODAL_TOKEN_SECRET=$(sandboxer keys create)
"${SANDBOXER_PROGRAM:-sandboxer}" serve --listen 127.0.0.1:0 --modal-listen 127.0.0.1:0 >"$SANDBOXER_HOME/serve.out" &
server=$!
for _ in $(seq 600); do
    MODAL_SERVER_URL=$(grep -o 'MODAL_SERVER_URL=http[^ ]*' "$SANDBOXER_HOME/serve.out" | head -n 1 | cut -d= -f2)
    [ -z "$MODAL_SERVER_URL" ] || break
    sleep 0.1
done
export MODAL_TOKEN_ID MODAL_TOKEN_SECRET MODAL_SERVER_URL
node "$here/main.mjs"
