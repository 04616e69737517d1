package dev.sandboxer.extension;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A process that was started through us and has not ended. */
public record ProcessInfo(
        int pid, @Nullable String tag, List<String> argv, Map<String, String> env, String cwd, boolean pty) {
    public ProcessInfo {
        argv = List.copyOf(argv);
        env = Map.copyOf(env);
    }
}
