package dev.sandboxer.local;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.RunningProcess;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Kills all processes of a sandbox except its agent, and empties its {@code /dev/shm}. */
record ProcessKiller(Processes processes) {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** {@code kill -9 -1} spares the sandbox's first process, which is the agent, and the shell itself. */
    private static final String SCRIPT = "kill -9 -1; rm -rf /dev/shm/* /dev/shm/.[!.]* /dev/shm/..?*; exit 0";

    /**
     * Kills the processes, waits until the kill command ends, and empties {@code /dev/shm}.
     *
     * @throws ExtensionException {@code TRANSIENT} when it fails; the sandbox itself still runs
     */
    void run() {
        try (var process = start()) {
            while (true) {
                switch (process.next(LIMIT)) {
                    case null -> throw failure("did not end within " + LIMIT.toSeconds() + " s");
                    case Exited exited -> {
                        return;
                    }
                    default -> {
                        // errors of rm, which don't matter
                    }
                }
            }
        } catch (OperationException e) {
            throw failure(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("was interrupted");
        }
    }

    private static ExtensionException failure(String why) {
        return ExtensionException.notApplied(
                Kind.TRANSIENT, "the processes in the sandbox could not be killed: the command " + why);
    }

    /** Starts the script as root. On a host that maps a single user, that user owns everything, so the script runs as it. */
    private RunningProcess start() {
        try {
            return processes.start(spec("0"));
        } catch (OperationException e) {
            if (e.reason() == Reason.UNKNOWN_USER) {
                return processes.start(spec(null));
            }
            throw e;
        }
    }

    private static ProcessSpec spec(@Nullable String user) {
        return ProcessSpec.builder("/bin/sh", "-c", SCRIPT)
                .user(user)
                .cwd("/")
                .timeout(LIMIT)
                .build();
    }
}
