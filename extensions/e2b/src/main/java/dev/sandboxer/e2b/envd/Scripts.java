package dev.sandboxer.e2b.envd;

/** POSIX shell scripts for what E2B's API has no call for. They run as root in templates based on Debian. */
final class Scripts {
    /** {@code $1...} paths of links; prints the text of each, ended by NUL. */
    static final String READ_LINKS = """
            for path; do readlink -n -- "$path"; printf '\\0'; done
            """;

    /** {@code $1} text of the link, {@code $2} its path, {@code $3} its owner as in chown. */
    static final String MAKE_LINK = """
            ln -s -T -- "$1" "$2" && chown -h -- "$3" "$2"
            """;

    /** {@code $1} mode in octal, {@code $2} path. */
    static final String SET_MODE = """
            chmod -- "$1" "$2"
            """;

    private Scripts() {}
}
