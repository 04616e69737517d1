package dev.sandboxer.e2b.envd;

/** What E2B's API has no call for, as POSIX shell scripts that run inside as root. E2B's templates are Debian's kin. */
final class Scripts {
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
