#!/bin/sh
# check_dependencies.sh SOURCES OBJECTS: the agent's files, and its rooms, depend on each other in one direction only.
# X.c and X.h count as one file. It depends on the files that it includes and on those that define what it calls.
set -eu
sources=$(cd "$1" && pwd -P)
objects=$2

# pairs "user used", without the extension
includes() (
    cd "$sources"
    grep -H '^#include "' ./*.c ./*/*.[ch] | sed 's#^\./##; s#\.[ch]:\#include "# #; s#\.h"$##'
)

# asks only the objects of files that there are: others may be left from an older build
calls() (
    cd "$objects"
    nm -AP $(cd "$sources" && ls ./*.c ./*/*.c | sed 's#\.c$#.o#') | sed 's#^\./##; s#\.o: # #' | awk '
        $3 == "U" { used[$1 " " $2] }
        $3 ~ /^[A-TV-Z]$/ { definer[$2] = $1 }
        END {
            for (pair in used) {
                split(pair, part)
                if (part[2] in definer) print part[1], definer[part[2]]
            }
        }'
)

# reads pairs; $1 says what they are
require_no_circle() {
    if ! circle=$(awk '$1 != $2' | sort -u | tsort 2>&1 >/dev/null); then
        printf 'check_dependencies: %s depend on each other in a circle:\n%s\n' "$1" "$circle" >&2
        exit 1
    fi
}

pairs=$(includes && calls)
[ "$(printf '%s\n' "$pairs" | wc -l)" -gt 100 ] || { echo "check_dependencies: no files found" >&2; exit 1; }
printf '%s\n' "$pairs" | require_no_circle files
printf '%s\n' "$pairs" | sed 's#/[^ ]*##g' | require_no_circle rooms
echo "check_dependencies: ok"
