package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.extension.session.FileEvent;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.http.modal.router.exec.CommandStreams;
import dev.sandboxer.observe.Countdown;
import dev.sandboxer.observe.VirtualThreads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints a line for each change of a file, or in a directory, until the time is up or standard input is closed.
 *
 * @param filter the types of events to print; null = all
 * @param timeout null = as long as the client wants
 */
record Watch(
        String path,
        boolean recursive,
        @Nullable Set<String> filter,
        @Nullable Duration timeout) implements FileCommand.Operation {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String MODIFY = "Modify";

    /** How long to wait for the second of the two events of a rename, which follow each other at once. */
    private static final Duration RENAME_PAIR = Duration.ofMillis(20);

    private static final Duration MAX_TIME = Duration.ofHours(24);

    /** A watched directory, or one name in it. */
    private record Watched(String directory, @Nullable String name) {
        boolean matches(FileEvent event) {
            return name == null || name.equals(event.name()) || event.kind() == FileEvent.Kind.OVERFLOW;
        }

        String path(FileEvent event) {
            return event.name().isEmpty() ? directory : Paths.child(directory, event.name());
        }
    }

    @Override
    public void run(SandboxFiles files, CommandStreams streams) throws InterruptedException {
        var entry = files.stat(path, FileTool.USER);
        var target = Paths.target(entry, path);
        var watched = Paths.isDirectory(entry)
                ? new Watched(target, null)
                : new Watched(Paths.parent(target), Paths.name(target));
        var closed = new AtomicBoolean();
        try (var watch = files.watch(watched.directory, FileTool.USER, recursive && watched.name == null, false)) {
            streams.started();
            endWithStdin(streams, closed);
            follow(watch, watched, streams);
        } catch (InterruptedException e) {
            if (!closed.get()) {
                throw e;
            }
        }
    }

    /** Interrupts the calling thread once standard input is closed or the command has ended. */
    private static void endWithStdin(CommandStreams streams, AtomicBoolean closed) {
        var watching = Thread.currentThread();
        VirtualThreads.start("modal-watch-stdin", () -> {
            try {
                streams.stdin().awaitClosed();
                closed.set(true);
                watching.interrupt();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void follow(FileWatch watch, Watched watched, CommandStreams streams) throws InterruptedException {
        var time = new Countdown(timeout == null ? MAX_TIME : timeout);
        try {
            while (!time.isOver()) {
                var event = watch.next(time.left());
                while (event != null) {
                    event = print(event, watch, watched, streams);
                }
            }
        } catch (OperationException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            print("Remove", List.of(path), streams); // the directory itself is gone
        }
    }

    /** Prints an event. Returns the next event if it had to be read already and is not printed yet; null otherwise. */
    private @Nullable FileEvent print(FileEvent event, FileWatch watch, Watched watched, CommandStreams streams)
            throws InterruptedException {
        if (event.kind() == FileEvent.Kind.RENAME) {
            var next = watch.next(RENAME_PAIR);
            if (next != null && next.kind() == FileEvent.Kind.CREATE) {
                if (watched.matches(event) || watched.matches(next)) {
                    print("Rename", List.of(watched.path(event), watched.path(next)), streams);
                }
                return null;
            }
            if (watched.matches(event)) {
                print("RenameFrom", List.of(watched.path(event)), streams);
            }
            return next;
        }
        if (watched.matches(event)) {
            print(type(event), List.of(watched.path(event)), streams);
        }
        return null;
    }

    private static String type(FileEvent event) {
        return switch (event.kind()) {
            case CREATE -> "Create";
            case WRITE, CHMOD, RENAME -> MODIFY;
            case REMOVE -> "Remove";
            case OVERFLOW -> "Unknown";
        };
    }

    private void print(String type, List<String> paths, CommandStreams streams) throws InterruptedException {
        if (filter == null || filter.contains(type)) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("event_type", type);
            fields.put("paths", paths);
            streams.stdout((JSON.writeValueAsString(fields) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
