package dev.sandboxer.extension.session;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process to start. Use {@link #of} or {@link #builder}: components may be added.
 *
 * @param argv program and arguments, at least the former; a program without a slash is looked up in PATH
 * @param env variables on top of the sandbox's own
 * @param cwd working directory; null = the user's home
 * @param user name or uid; null = the template's default user
 * @param stdin whether standard input is a pipe we can write to; else it is empty
 * @param pty size of the pseudo-terminal that it gets instead of pipes; null = pipes
 * @param tag a name to find it by later; null = none
 * @param timeout after which the process and its group are killed by the sandbox itself; null = never
 * @param timeoutSparesGroup whether, then, only the process itself is killed; what it has started in the background lives on
 */
public record ProcessSpec(
        List<String> argv,
        Map<String, String> env,
        @Nullable String cwd,
        @Nullable String user,
        boolean stdin,
        @Nullable PtySize pty,
        @Nullable String tag,
        @Nullable Duration timeout,
        boolean timeoutSparesGroup) {
    /**
     * Copies the components.
     *
     * @throws OperationException {@code INVALID} when there is no program
     */
    public ProcessSpec {
        argv = List.copyOf(argv);
        env = Map.copyOf(env);
        if (argv.isEmpty()) {
            throw new OperationException(OperationException.Reason.INVALID, "a command needs at least one word");
        }
    }

    /**
     * A command with everything else left to the defaults.
     *
     * @param argv program and arguments
     * @return the command
     */
    public static ProcessSpec of(String... argv) {
        return builder(argv).build();
    }

    /**
     * A command with everything else left to the defaults.
     *
     * @param argv program and arguments
     * @return the command
     */
    public static ProcessSpec of(List<String> argv) {
        return builder(argv).build();
    }

    /**
     * Begins with a command, no input, no terminal, no limit.
     *
     * @param argv program and arguments
     * @return a builder of the command
     */
    public static Builder builder(String... argv) {
        return builder(List.of(argv));
    }

    /**
     * Begins with a command, no input, no terminal, no limit.
     *
     * @param argv program and arguments
     * @return a builder of the command
     */
    public static Builder builder(List<String> argv) {
        return new Builder(argv);
    }

    /**
     * Begins with what this one says.
     *
     * @return a builder of another command
     */
    public Builder toBuilder() {
        return new Builder(argv)
                .env(env)
                .cwd(cwd)
                .user(user)
                .stdin(stdin)
                .pty(pty)
                .tag(tag)
                .timeout(timeout)
                .timeoutSparesGroup(timeoutSparesGroup);
    }

    /** Sets the components of the same names. Not thread-safe. */
    public static final class Builder {
        private final List<String> argv;
        private Map<String, String> env = Map.of();
        private @Nullable String cwd;
        private @Nullable String user;
        private boolean stdin;
        private @Nullable PtySize pty;
        private @Nullable String tag;
        private @Nullable Duration timeout;
        private boolean timeoutSparesGroup;

        private Builder(List<String> argv) {
            this.argv = argv;
        }

        /**
         * {@return this builder, with another environment}
         *
         * @param value variables
         */
        public Builder env(Map<String, String> value) {
            env = value;
            return this;
        }

        /**
         * {@return this builder, with another working directory}
         *
         * @param value working directory; null = the user's home
         */
        public Builder cwd(@Nullable String value) {
            cwd = value;
            return this;
        }

        /**
         * {@return this builder, with another user}
         *
         * @param value name or uid; null = the template's default user
         */
        public Builder user(@Nullable String value) {
            user = value;
            return this;
        }

        /**
         * {@return this builder, with another kind of standard input}
         *
         * @param value whether standard input is a pipe
         */
        public Builder stdin(boolean value) {
            stdin = value;
            return this;
        }

        /**
         * {@return this builder, with another terminal}
         *
         * @param value size of the terminal; null = pipes
         */
        public Builder pty(@Nullable PtySize value) {
            pty = value;
            return this;
        }

        /**
         * {@return this builder, with another tag}
         *
         * @param value a name to find it by; null = none
         */
        public Builder tag(@Nullable String value) {
            tag = value;
            return this;
        }

        /**
         * {@return this builder, with another time limit}
         *
         * @param value after which it is killed; null = never
         */
        public Builder timeout(@Nullable Duration value) {
            timeout = value;
            return this;
        }

        /**
         * {@return this builder, with another rule about whom the time limit ends}
         *
         * @param value whether only the process itself is killed then
         */
        public Builder timeoutSparesGroup(boolean value) {
            timeoutSparesGroup = value;
            return this;
        }

        /**
         * Makes the command.
         *
         * @return the command
         * @throws OperationException {@code INVALID} when there is no program
         */
        public ProcessSpec build() {
            return new ProcessSpec(argv, env, cwd, user, stdin, pty, tag, timeout, timeoutSparesGroup);
        }
    }
}
