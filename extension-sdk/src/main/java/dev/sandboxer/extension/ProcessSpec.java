package dev.sandboxer.extension;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process to start.
 *
 * @param argv program and arguments; a program without a slash is looked up in PATH
 * @param env variables on top of the sandbox's own
 * @param cwd working directory; null = the user's home
 * @param user name or uid; null = the template's default user
 * @param stdin whether standard input is a pipe we can write to, or empty
 * @param pty a pseudo-terminal of this size instead of pipes
 * @param tag a name to find it by later
 * @param timeout after which the process and its group are killed by the sandbox itself
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
    public ProcessSpec {
        argv = List.copyOf(argv);
        env = Map.copyOf(env);
        if (argv.isEmpty()) {
            throw new OperationException(OperationException.Reason.INVALID, "a command needs at least one word");
        }
    }

    /** A command with everything else left to the defaults. */
    public static ProcessSpec of(String... argv) {
        return of(List.of(argv));
    }

    /** A command with everything else left to the defaults. */
    public static ProcessSpec of(List<String> argv) {
        return new ProcessSpec(argv, Map.of(), null, null, false, null, null, null, false);
    }

    public ProcessSpec withEnv(Map<String, String> value) {
        return new ProcessSpec(argv, value, cwd, user, stdin, pty, tag, timeout, timeoutSparesGroup);
    }

    public ProcessSpec withCwd(@Nullable String value) {
        return new ProcessSpec(argv, env, value, user, stdin, pty, tag, timeout, timeoutSparesGroup);
    }

    public ProcessSpec withUser(@Nullable String value) {
        return new ProcessSpec(argv, env, cwd, value, stdin, pty, tag, timeout, timeoutSparesGroup);
    }

    public ProcessSpec withStdin(boolean value) {
        return new ProcessSpec(argv, env, cwd, user, value, pty, tag, timeout, timeoutSparesGroup);
    }

    public ProcessSpec withPty(@Nullable PtySize value) {
        return new ProcessSpec(argv, env, cwd, user, stdin, value, tag, timeout, timeoutSparesGroup);
    }

    public ProcessSpec withTag(@Nullable String value) {
        return new ProcessSpec(argv, env, cwd, user, stdin, pty, value, timeout, timeoutSparesGroup);
    }

    public ProcessSpec withTimeout(@Nullable Duration value) {
        return new ProcessSpec(argv, env, cwd, user, stdin, pty, tag, value, timeoutSparesGroup);
    }
}
