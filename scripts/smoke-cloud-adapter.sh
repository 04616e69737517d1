#!/bin/sh
# Tests E2B or Modal with your own account: smoke-cloud-adapter.sh e2b|modal|all [--require].
#
# For each cloud, the script creates one sandbox that lives two minutes and may cost 5 cents, runs a command, copies a
# file in and out, shows whose key was used and the cost, ends the sandbox, and checks that the account has none left.
# It ends with one line per cloud. A cloud without credentials is skipped; --require makes that a failure. On failures
# and signals the script ends the sandbox, too.
#
# SANDBOXER_PROGRAM  the sandboxer to test; default: that of this checkout, built as needed
set -u

usage() {
    echo "usage: ${0##*/} e2b|modal|all [--require]" >&2
    exit 2
}

clouds=
require=
for argument; do
    case $argument in
        e2b | modal) clouds="$clouds $argument" ;;
        all) clouds="e2b modal" ;;
        --require) require=1 ;;
        *) usage ;;
    esac
done
[ -n "$clouds" ] || usage

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
program=${SANDBOXER_PROGRAM:-$root/sandboxer}
work=$(mktemp -d "${TMPDIR:-/tmp}/smoke.XXXXXX") || exit 1
export SANDBOXER_HOME="$work/home"
unset SANDBOXER_URL SANDBOXER_API_KEY SANDBOXER_DATABASE_URL SANDBOXER_FIN_HUB_URL SANDBOXER_STATE_HUB_URL
ttl=2m
budget=0.05

# Ends all sandboxes of this run. Keeps the home when one can't be ended.
clean_up() {
    status=$?
    trap - EXIT
    trap '' INT TERM HUP # a second signal must not leave a sandbox behind
    if [ -d "$SANDBOXER_HOME" ] && ! "$program" destroy --all >/dev/null 2>"$work/destroy.err"; then
        echo "smoke: sandboxes may be left, until $ttl after their creation; details are in $work" >&2
        cat "$work/destroy.err" >&2
        [ "$status" -ne 0 ] || status=1
        exit "$status"
    fi
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

missing() {
    case $1 in
        e2b) [ -n "${E2B_API_KEY:-}" ] || echo E2B_API_KEY ;;
        modal)
            [ -n "${MODAL_TOKEN_ID:-}" ] || echo MODAL_TOKEN_ID
            [ -n "${MODAL_TOKEN_SECRET:-}" ] || echo MODAL_TOKEN_SECRET
            ;;
    esac
}

say() {
    printf '%s: %s\n' "$cloud" "$1"
}

# Runs one step and reports it: step WHAT COMMAND...
step() {
    what=$1
    shift
    if "$@" >"$work/out" 2>"$work/err"; then
        say "$what: ok"
        return 0
    fi
    failed=$what
    say "$what: failed"
    sed 's/^/  /' "$work/err" >&2
    return 1
}

# Since the home is new, the only credential is the one in the environment.
credential_is_accepted() {
    credential=$("$program" credentials ls | awk -v extension="ext.$cloud" '$3 == extension { print $1 }') || return 1
    [ -n "$credential" ] || { echo "sandboxer sees no credential for ext.$cloud" >&2; return 1; }
    "$program" credentials check "$credential"
}

create() {
    "$program" create --profile burst-sandbox --only "ext.$cloud" --ttl "$ttl" --max-cost "$budget" >"$work/id" &&
        id=$(cat "$work/id") && [ -n "$id" ]
}

runs_a_command() {
    [ "$("$program" exec "$id" -- sh -c 'printf %s-%s smoke test')" = smoke-test ]
}

moves_a_file() {
    head -c 100000 /dev/urandom >"$work/there"
    "$program" cp "$work/there" "$id:smoke.bin" &&
        "$program" cp "$id:smoke.bin" "$work/back" &&
        cmp "$work/there" "$work/back"
}

nothing_is_left() {
    "$program" ls --at "ext.$cloud" --quiet >"$work/left" || return 1
    [ ! -s "$work/left" ] && return 0
    echo "the account still has:" >&2
    cat "$work/left" >&2
    return 1
}

try() {
    step "the credential is accepted" credential_is_accepted || return 1
    step "a sandbox is made, for $ttl and at most $budget" create || return 1
    step "it runs a command" runs_a_command || return 1
    step "a file goes in and comes out" moves_a_file || return 1
    step "its receipt" "$program" show "$id" || return 1
    grep -E '^(on|credential|ends|cost|at most|paid by) ' "$work/out" | sed 's/^/  /'
    step "it is ended" "$program" destroy "$id" || return 1
    step "its cost" "$program" usage || return 1
    sed 's/^/  /' "$work/out"
    step "nothing is left in the account" nothing_is_left
}

worst=0
summary=
for cloud in $clouds; do
    lacking=$(missing "$cloud" | tr '\n' ' ')
    id=
    failed=
    if [ -n "$lacking" ]; then
        line="$cloud: skipped: ${lacking% } not set"
        [ -z "$require" ] || worst=1
    elif try; then
        line="$cloud: passed"
    else
        line="$cloud: FAILED: $failed"
        worst=1
    fi
    summary="$summary$line
"
done
printf '\n%s' "$summary"
exit "$worst"
