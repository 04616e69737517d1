#!/bin/sh
# check_dependencies.sh SOURCES OBJECTS: fails if the agent's files, or its folders, depend on each other in a cycle.
# X.c and X.h count as one file. It depends on the files that it includes and on those that define what it calls.
set -eu
sources=$(cd "$1" && pwd -P)
objects=$2

# prints pairs "user used", without the extension
includes() (
    cd "$sources"
    grep -H '^#include "' ./*.c ./*/*.[ch] ./*/*/*.[ch] | sed 's#^\./##; s#\.[ch]:\#include "# #; s#\.h"$##'
)

# prints the same kind of pairs; skips objects without a source, which an older build may have left
calls() (
    cd "$objects"
    nm -AP $(cd "$sources" && ls ./*.c ./*/*.c ./*/*/*.c | sed 's#\.c$#.o#') | sed 's#^\./##; s#\.o: # #' | awk '
        $3 == "U" { used[$1 " " $2] }
        $3 ~ /^[A-TV-Z]$/ { definer[$2] = $1 }
        END {
            for (pair in used) {
                split(pair, part)
                if (part[2] in definer) print part[1], definer[part[2]]
            }
        }'
)

# reads pairs; $1 names the kind of their elements
require_no_cycle() {
    if ! cycle=$(awk '$1 != $2' | sort -u | tsort 2>&1 >/dev/null); then
        printf 'check_dependencies: %s depend on each other in a cycle:\n%s\n' "$1" "$cycle" >&2
        exit 1
    fi
}

pairs=$(includes && calls)
[ "$(printf '%s\n' "$pairs" | wc -l)" -gt 100 ] || { echo "check_dependencies: no files found" >&2; exit 1; }
printf '%s\n' "$pairs" | require_no_cycle files
printf '%s\n' "$pairs" | sed 's#/[^/ ]*\( \|$\)#\1#g' | require_no_cycle folders
printf '%s\n' "$pairs" | sed 's#/[^ ]*##g' | require_no_cycle "top folders"
echo "check_dependencies: ok"
