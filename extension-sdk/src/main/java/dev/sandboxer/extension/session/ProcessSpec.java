package dev.sandboxer.extension.session;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process to start. Create it with {@link #of} or {@link #builder}, since later versions may add components.
 *
 * @param argv the program and its arguments; never empty. A program without a slash is looked up in PATH
 * @param env environment variables in addition to the sandbox's own
 * @param cwd working directory; null = the user's home
 * @param user name or uid; null = the template's default user
 * @param stdin whether standard input is a pipe that the caller can write to; otherwise it is empty
 * @param pty size of a pseudo-terminal to use instead of pipes; null = pipes
 * @param tag a name to find the process by; null = none
 * @param timeout the time after which the sandbox itself kills the process and its group; null = never
 */
public record ProcessSpec(
        List<String> argv,
        Map<String, String> env,
        @Nullable String cwd,
        @Nullable String user,
        boolean stdin,
        @Nullable PtySize pty,
        @Nullable String tag,
        @Nullable Duration timeout) {
    /**
     * Copies the collections.
     *
     * @throws OperationException {@code INVALID} when {@code argv} is empty
     */
    public ProcessSpec {
        argv = List.copyOf(argv);
        env = Map.copyOf(env);
        if (argv.isEmpty()) {
            throw new OperationException(OperationException.Reason.INVALID, "a command needs at least one word");
        }
    }

    /**
     * Returns a process with all other components at their defaults.
     *
     * @param argv the program and its arguments
     * @return the spec
     */
    public static ProcessSpec of(String... argv) {
        return builder(argv).build();
    }

    /**
     * Returns a process with all other components at their defaults.
     *
     * @param argv the program and its arguments
     * @return the spec
     */
    public static ProcessSpec of(List<String> argv) {
        return builder(argv).build();
    }

    /**
     * Returns a builder of a process without input, terminal and timeout.
     *
     * @param argv the program and its arguments
     * @return a builder
     */
    public static Builder builder(String... argv) {
        return builder(List.of(argv));
    }

    /**
     * Returns a builder of a process without input, terminal and timeout.
     *
     * @param argv the program and its arguments
     * @return a builder
     */
    public static Builder builder(List<String> argv) {
        return new Builder(argv);
    }

    /**
     * Returns a builder that begins with the values of this spec.
     *
     * @return a builder of another spec
     */
    public Builder toBuilder() {
        return new Builder(argv)
                .env(env)
                .cwd(cwd)
                .user(user)
                .stdin(stdin)
                .pty(pty)
                .tag(tag)
                .timeout(timeout);
    }

    /** Builds a spec. Not thread-safe. */
    public static final class Builder {
        private final List<String> argv;
        private Map<String, String> env = Map.of();
        private @Nullable String cwd;
        private @Nullable String user;
        private boolean stdin;
        private @Nullable PtySize pty;
        private @Nullable String tag;
        private @Nullable Duration timeout;

        private Builder(List<String> argv) {
            this.argv = argv;
        }

        /**
         * Sets the variables. Default: none.
         *
         * @param value environment variables in addition to the sandbox's own
         * @return this builder
         */
        public Builder env(Map<String, String> value) {
            env = value;
            return this;
        }

        /**
         * Sets the working directory.
         *
         * @param value a path; null = the user's home
         * @return this builder
         */
        public Builder cwd(@Nullable String value) {
            cwd = value;
            return this;
        }

        /**
         * Sets the user.
         *
         * @param value name or uid; null = the template's default user
         * @return this builder
         */
        public Builder user(@Nullable String value) {
            user = value;
            return this;
        }

        /**
         * Sets whether the caller can write standard input. Default: false.
         *
         * @param value true = a pipe that the caller can write to, false = empty
         * @return this builder
         */
        public Builder stdin(boolean value) {
            stdin = value;
            return this;
        }

        /**
         * Sets the size of a pseudo-terminal to use instead of pipes.
         *
         * @param value size of the terminal; null = pipes
         * @return this builder
         */
        public Builder pty(@Nullable PtySize value) {
            pty = value;
            return this;
        }

        /**
         * Sets a name to find the process by.
         *
         * @param value the name; null = none
         * @return this builder
         */
        public Builder tag(@Nullable String value) {
            tag = value;
            return this;
        }

        /**
         * Sets the time after which the sandbox kills the process and its group.
         *
         * @param value from the start of the process; null = never
         * @return this builder
         */
        public Builder timeout(@Nullable Duration value) {
            timeout = value;
            return this;
        }

        /**
         * Builds the spec.
         *
         * @return the spec
         * @throws OperationException {@code INVALID} when {@code argv} is empty
         */
        public ProcessSpec build() {
            return new ProcessSpec(argv, env, cwd, user, stdin, pty, tag, timeout);
        }
    }
}
