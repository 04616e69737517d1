package dev.sandboxer.extension.session;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process that was started through the backend and runs.
 *
 * @param pid its process id inside the sandbox
 * @param tag the name it was given; null = none
 * @param argv program and arguments, as they were asked for
 * @param env the variables that were asked for, on top of the sandbox's own
 * @param cwd the working directory that it was started in
 * @param pty whether it has a terminal
 */
public record ProcessInfo(
        int pid, @Nullable String tag, List<String> argv, Map<String, String> env, String cwd, boolean pty) {
    /** Copies the components. */
    public ProcessInfo {
        argv = List.copyOf(argv);
        env = Map.copyOf(env);
    }
}
