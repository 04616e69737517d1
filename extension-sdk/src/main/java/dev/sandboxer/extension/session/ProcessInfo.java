package dev.sandboxer.extension.session;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A running process that was started through the backend.
 *
 * @param pid its process id inside the sandbox
 * @param tag its {@link ProcessSpec#tag}; null = none
 * @param argv program and arguments of its {@link ProcessSpec}
 * @param env environment variables of its {@link ProcessSpec}, without those of the sandbox
 * @param cwd its working directory at the start
 * @param pty whether it has a terminal
 */
public record ProcessInfo(
        int pid, @Nullable String tag, List<String> argv, Map<String, String> env, String cwd, boolean pty) {
    /** Copies the collections. */
    public ProcessInfo {
        argv = List.copyOf(argv);
        env = Map.copyOf(env);
    }
}
