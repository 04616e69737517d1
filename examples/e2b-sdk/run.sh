#!/bin/sh
# See README.md. SANDBOXER_PROGRAM names the sandboxer to use; default: the one on the PATH.
set -eu
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
sandboxer() { "${SANDBOXER_PROGRAM:-sandboxer}" "$@"; }
SANDBOXER_HOME=$(mktemp -d "${TMPDIR:-/tmp}/e2b-sdk.XXXXXX")
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

E2B_API_KEY=$(sandboxer keys create)
"${SANDBOXER_PROGRAM:-sandboxer}" serve --listen 127.0.0.1:0 >"$SANDBOXER_HOME/serve.out" &
server=$!
for _ in $(seq 600); do
    E2B_API_URL=$(grep -o 'http://127.0.0.1:[0-9]*' "$SANDBOXER_HOME/serve.out" | head -n 1)
    [ -z "$E2B_API_URL" ] || break
    sleep 0.1
done
E2B_SANDBOX_URL=$E2B_API_URL
export E2B_API_KEY E2B_API_URL E2B_SANDBOX_URL
node "$here/main.mjs"
