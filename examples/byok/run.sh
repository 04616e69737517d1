#!/bin/sh
# See README.md. SANDBOXER_PROGRAM names the sandboxer to use; default: the one on the PATH.
set -eu
sandboxer() { "${SANDBOXER_PROGRAM:-sandboxer}" "$@"; }
work=$(mktemp -d "${TMPDIR:-/tmp}/byok.XXXXXX")
export SANDBOXER_HOME="$work/home"
unset E2B_API_KEY
clouds=
clean_up() {
    for team in team-a team-b; do sandboxer destroy --all --consumer $team >/dev/null 2>&1 || :; done
    for pid in $clouds; do kill "$pid" 2>/dev/null || :; done
    wait
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Starts a simulated E2B that accepts one key: cloud TEAM KEY. Not needed with real accounts.
cloud() {
    "${SANDBOXER_PROGRAM:-sandboxer}" fake-cloud e2b --port 0 --key "$2" >"$work/$1.out" 2>"$work/$1.err" &
    clouds="$clouds $!"
}
until_listening() {
    for _ in $(seq 600); do
        url=$(grep -o 'http://127.0.0.1:[0-9]*' "$work/$1.out" | head -n 1)
        [ -z "$url" ] || return 0
        sleep 0.1
    done
    cat "$work/$1.err" >&2
    return 1
}
key_a=e2b_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
key_b=e2b_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
cloud team-a $key_a
cloud team-b $key_b

for team in team-a team-b; do
    until_listening $team
    case $team in team-a) key=$key_a ;; team-b) key=$key_b ;; esac
    echo "== $team stores its own key"
    sandboxer consumers add $team
    printf 'api_key=%s\napi_url=%s\nsandbox_url=%s\n' "$key" "$url" "$url" | sandboxer credentials add ext.e2b --consumer $team
    sandboxer create -p e2b-burst --consumer $team >"$work/$team.id"
done

echo '== each sandbox uses the key of its own team'
for team in team-a team-b; do
    sandboxer show "$(cat "$work/$team.id")" --consumer $team | grep '^credential'
    sandboxer exec --consumer $team "$(cat "$work/$team.id")" -- echo "hello from $team"
done

echo "== a team can't reach the other team's sandbox"
if sandboxer exec --consumer team-b "$(cat "$work/team-a.id")" -- true; then
    echo "team-b reached a sandbox of team-a" >&2
    exit 1
fi
