package dev.sandboxer.launch;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The start command and ready check of a new sandbox, and the defaults of its processes.
 *
 * @param command the start command, a shell command line; null = none
 * @param ready when the sandbox is ready; null = as soon as the command was started
 * @param env environment variables of every process
 * @param user default user of processes; null = the backend's default
 * @param workdir default working directory of processes; null = the user's home
 */
public record Launch(
        @Nullable String command,
        @Nullable ReadyCheck ready,
        Map<String, String> env,
        @Nullable String user,
        @Nullable String workdir) {
    public static final Launch NOTHING = new Launch(null, null);

    public Launch {
        env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
    }

    /** Creates a launch that has only a command and a check. */
    public Launch(@Nullable String command, @Nullable ReadyCheck ready) {
        this(command, ready, Map.of(), null, null);
    }

    /** Returns the command and check of another launch, with the variables, user and working directory of this one. */
    public Launch starting(Launch other) {
        return new Launch(other.command, other.ready, env, user, workdir);
    }

    /** Returns true if there is a command to start or a check to wait for. */
    public boolean doesSomething() {
        return command != null || ready != null;
    }

    /** Returns true if it sets a default user or working directory. */
    public boolean changesProcesses() {
        return user != null || workdir != null;
    }
}
