package dev.sandboxer.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Notices SIGQUIT, which the JVM handles itself: it prints all threads or, if an attach file exists, opens a socket for debuggers
 * instead. {@link #watch} creates an attach file, so a socket means that the signal has come. The socket is removed at once, so
 * that the next signal creates another.
 */
final class QuitSignal {
    private static final Path DIRECTORY = Path.of("/tmp"); // the JVM looks nowhere else
    private static final String REQUEST = ".attach_pid";
    private static final long PAUSE_NS = 50_000_000;

    private QuitSignal() {}

    /** Calls a function in a thread of its own for each signal. Does nothing if {@code /tmp} is not writable. */
    static void watch(Runnable onQuit) {
        var pid = ProcessHandle.current().pid();
        var request = DIRECTORY.resolve(REQUEST + pid);
        var socket = DIRECTORY.resolve(".java_pid" + pid);
        try {
            Files.createFile(request);
            request.toFile().deleteOnExit();
            socket.toFile().deleteOnExit();
            var owner = Files.getOwner(request);
            Thread.ofPlatform().daemon().name("quit").start(() -> {
                removeStale();
                while (true) {
                    LockSupport.parkNanos(PAUSE_NS);
                    try {
                        if (Files.exists(socket) && Files.getOwner(socket).equals(owner)) {
                            Files.delete(socket);
                            Thread.ofPlatform().daemon().name("SIGQUIT").start(onQuit);
                        }
                    } catch (IOException e) {
                        // the socket vanished between two calls
                    }
                }
            });
        } catch (IOException e) {
            // the JVM keeps handling SIGQUIT itself
        }
    }

    /** Removes the attach files of processes that were killed and could not remove them. */
    private static void removeStale() {
        var names = DIRECTORY.toFile().list((_, name) -> name.matches("\\.attach_pid[0-9]+"));
        for (String name : names == null ? new String[0] : names) {
            if (!Files.exists(Path.of("/proc", name.substring(REQUEST.length())))) {
                DIRECTORY.resolve(name).toFile().delete();
            }
        }
    }
}
