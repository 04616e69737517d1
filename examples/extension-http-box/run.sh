#!/bin/sh
# Installs target/http-box.jar in a temporary home, starts the service and runs commands in boxes. See README.md.
# SANDBOXER_PROGRAM names the sandboxer to use; default: the one on the PATH.
set -eu
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
sandboxer() { "${SANDBOXER_PROGRAM:-sandboxer}" "$@"; }
SANDBOXER_HOME=$(mktemp -d "${TMPDIR:-/tmp}/http-box.XXXXXX")
HTTP_BOX_TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export SANDBOXER_HOME HTTP_BOX_TOKEN
service=
clean_up() {
    sandboxer destroy --all >/dev/null || :
    [ -z "$service" ] || kill "$service" 2>/dev/null || :
    wait
    rm -rf "$SANDBOXER_HOME"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir "$SANDBOXER_HOME/extensions"
cp "$here/target/http-box.jar" "$SANDBOXER_HOME/extensions/"
cp "$here/config.yaml" "$SANDBOXER_HOME/"
sandboxer extensions | grep http-box

java "$here/service/BoxService.java" 0 >"$SANDBOXER_HOME/service.out" &
service=$!
for _ in $(seq 600); do
    HTTP_BOX_URL=$(grep -o 'http://127.0.0.1:[0-9]*' "$SANDBOXER_HOME/service.out" | head -n 1)
    [ -z "$HTTP_BOX_URL" ] || break
    sleep 0.1
done
export HTTP_BOX_URL
sandboxer run --profile box -- echo hi
echo there >"$SANDBOXER_HOME/there"
id=$(sandboxer create --profile box)
sandboxer cp "$SANDBOXER_HOME/there" "$id:there"
sandboxer exec "$id" -- cat there
sandboxer destroy "$id" >/dev/null
