package dev.sandboxer.e2b.envd;

/** What E2B's API has no call for, as POSIX shell scripts that run inside as root. E2B's templates are Debian's kin. */
final class Scripts {
    /** {@link #SIGNAL} found nobody. */
    static final int NO_PROCESS = 3;

    /**
     * {@code $1} signal, {@code $2} pid, {@code $3} {@code group} or {@code alone}. envd starts a process without a terminal
     * in its own process group, so that the group of such a process is what descends from it.
     */
    static final String SIGNAL = """
            sig=$1 pid=$2
            read -r stat 2>/dev/null </proc/$pid/stat || exit 3
            set -- "$3" ${stat##*) }
            if [ "$1" = alone ]; then kill -s "$sig" "$pid" 2>/dev/null || exit 3; exit 0; fi
            if [ "$4" = "$pid" ]; then kill -s "$sig" -- "-$pid" 2>/dev/null || exit 3; exit 0; fi
            all=" $pid " grown=yes
            while [ -n "$grown" ]; do
              grown=
              for file in /proc/[0-9]*/stat; do
                read -r stat 2>/dev/null <"$file" || continue
                child=${stat%% *}
                set -- ${stat##*) }
                case $all in *" $child "*) continue;; *" $2 "*) all="$all$child "; grown=yes;; esac
              done
            done
            kill -s "$sig" $all 2>/dev/null || [ -e "/proc/$pid" ] || exit 3
            """;

    /** {@code $1} pid of the leader. */
    static final String KILL_GROUP = "kill -s KILL -- \"-$1\" 2>/dev/null";

    /** {@code $1...} paths; prints what each link says, each ended by NUL. */
    static final String READ_LINKS = """
            for path; do readlink -n -- "$path"; printf '\\0'; done
            """;

    /** {@code $1} text, {@code $2} path, {@code $3} owner as in chown. */
    static final String MAKE_LINK = """
            ln -s -T -- "$1" "$2" && chown -h -- "$3" "$2"
            """;

    /** {@code $1} mode in octal, {@code $2} path. */
    static final String SET_MODE = """
            chmod -- "$1" "$2"
            """;

    private Scripts() {}
}
