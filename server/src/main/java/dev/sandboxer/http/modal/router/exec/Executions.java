package dev.sandboxer.http.modal.router.exec;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All commands that this server has started, by sandbox and by the id that the client gave. An ended command is discarded when nobody has
 * asked for it for {@link #KEPT}. Thread-safe.
 */
public final class Executions implements AutoCloseable {
    /** How long an ended command is kept while nobody asks for it. Clients ask again within a minute. */
    static final Duration KEPT = Duration.ofMinutes(5);

    /** The prefix of the ids of this server's own commands. A client's id never begins with it. */
    public static final String INTERNAL = ".";

    /** The most commands that may run in one sandbox at once. */
    static final int MAX_RUNNING = 256;

    /** The most commands of one sandbox that are kept. */
    static final int MAX_REMEMBERED = 2048;

    private final Sandboxes sandboxes;
    private final SpoolSpace space;
    private final InstantSource clock;
    private final Map<SandboxId, SandboxCommands> all = new ConcurrentHashMap<>();

    public Executions(Sandboxes sandboxes, SpoolSpace space, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.space = space;
        this.clock = clock;
    }

    /**
     * A command to start.
     *
     * @param id the client's id; the same id with the same fingerprint is the same command
     * @param fingerprint a hash of the client's request
     * @param tailOnly true to keep only the end of long output, so that the command never waits for readers
     */
    public record Request(String id, String fingerprint, KeptStreams streams, Command command, boolean tailOnly) {}

    /** The commands of one sandbox. Guarded by its own lock; removed from the map only while empty. */
    private static final class SandboxCommands {
        private final SpoolSpace.Share share;
        private final Map<String, Execution> byId = new HashMap<>();
        private boolean removed;

        private SandboxCommands(SpoolSpace.Share share) {
            this.share = share;
        }
    }

    /**
     * Starts a command and returns once it runs. If the id was used for an equal request before, returns that command.
     *
     * @throws StatusRuntimeException {@code ALREADY_EXISTS} when the id was used for another request; {@code RESOURCE_EXHAUSTED}
     *     when too many run
     * @throws SandboxException when the command can't be started; the id may be used again then
     */
    public Execution start(Sandbox sandbox, Request request) throws InterruptedException {
        var execution = findOrStart(sandbox, request);
        try {
            execution.awaitStarted();
            return execution;
        } catch (RuntimeException e) {
            if (!mayHaveStarted(e)) {
                forget(execution);
            }
            throw e;
        }
    }

    /**
     * Returns true if the command may be running in spite of the failure. The failure is then kept under the command's id, so that a retry
     * can't start the command twice.
     */
    private static boolean mayHaveStarted(RuntimeException e) {
        return e.getCause() instanceof ExtensionException failure
                && failure.effect() == ExtensionException.Effect.UNKNOWN;
    }

    private Execution findOrStart(Sandbox sandbox, Request request) {
        while (true) {
            var commands = all.computeIfAbsent(sandbox.id(), id -> new SandboxCommands(space.share()));
            synchronized (commands) {
                if (commands.removed) {
                    continue;
                }
                var earlier = commands.byId.get(request.id());
                if (earlier != null) {
                    return requireSame(earlier, request);
                }
                makeRoom(commands);
                var execution = execution(sandbox.id(), commands.share, request);
                commands.byId.put(request.id(), execution);
                execution.start(() -> isAlive(sandbox.id()));
                return execution;
            }
        }
    }

    private Execution execution(SandboxId sandbox, SpoolSpace.Share share, Request request) {
        var retention = request.tailOnly() ? Spool.Retention.TAIL : Spool.Retention.COMMAND;
        return new Execution(sandbox, request, new Spool(share, retention), new Spool(share, retention), clock);
    }

    private static Execution requireSame(Execution earlier, Request request) {
        if (!earlier.fingerprint().equals(request.fingerprint())) {
            throw Status.ALREADY_EXISTS
                    .withDescription("exec id " + request.id() + " already exists with another command")
                    .asRuntimeException();
        }
        return earlier;
    }

    /** Refuses a command when too many run; forgets the oldest ended one when too many are kept. */
    private static void makeRoom(SandboxCommands commands) {
        var running =
                commands.byId.values().stream().filter(it -> !it.hasEnded()).count();
        if (running >= MAX_RUNNING) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription(
                            "this sandbox runs " + running + " commands, which is the limit; wait for one to end")
                    .asRuntimeException();
        }
        if (commands.byId.size() >= MAX_REMEMBERED) {
            var oldest = commands.byId.values().stream()
                    .filter(Execution::hasEnded)
                    .min(Comparator.comparing(Execution::lastUsed))
                    .orElseThrow();
            commands.byId.remove(oldest.id());
            oldest.free();
        }
    }

    /** Forgets a command that has ended, so that its id is free. */
    public void forget(Execution execution) {
        var commands = all.get(execution.sandbox());
        if (commands != null) {
            synchronized (commands) {
                if (commands.byId.remove(execution.id(), execution)) {
                    execution.free();
                }
            }
        }
    }

    /** Finds a command by its sandbox and id. */
    public Optional<Execution> find(SandboxId sandbox, String id) {
        var commands = all.get(sandbox);
        if (commands == null) {
            return Optional.empty();
        }
        synchronized (commands) {
            return Optional.ofNullable(commands.byId.get(id));
        }
    }

    /** Detaches from commands whose sandbox has ended, and discards ended ones that nobody asks for. */
    public void sweep() {
        var unusedSince = clock.instant().minus(KEPT);
        for (SandboxId sandbox : List.copyOf(all.keySet())) {
            var running = running(sandbox);
            if (!running.isEmpty() && !isAlive(sandbox)) {
                running.forEach(Execution::detach);
            }
            all.computeIfPresent(sandbox, (id, commands) -> {
                synchronized (commands) {
                    removeUnused(commands, unusedSince);
                    commands.removed = commands.byId.isEmpty();
                    return commands.removed ? null : commands;
                }
            });
        }
    }

    private static void removeUnused(SandboxCommands commands, Instant unusedSince) {
        commands.byId.values().removeIf(execution -> {
            var unused = execution.isUnusedSince(unusedSince);
            if (unused) {
                execution.free();
            }
            return unused;
        });
    }

    private Collection<Execution> running(SandboxId sandbox) {
        var commands = all.get(sandbox);
        if (commands == null) {
            return List.of();
        }
        synchronized (commands) {
            return commands.byId.values().stream().filter(it -> !it.hasEnded()).toList();
        }
    }

    /** Returns true if a client's command runs in the sandbox. */
    public boolean isBusy(SandboxId sandbox) {
        return running(sandbox).stream().anyMatch(it -> !it.id().startsWith(INTERNAL));
    }

    private boolean isAlive(SandboxId id) {
        return sandboxes
                .find(id)
                .filter(sandbox -> sandbox.state() == SandboxState.RUNNING || sandbox.state() == SandboxState.PAUSED)
                .isPresent();
    }

    /** Detaches from all commands, which keep running in their sandboxes, and discards the kept output. */
    @Override
    public void close() {
        var open = new ArrayList<Execution>();
        for (SandboxCommands commands : all.values()) {
            synchronized (commands) {
                open.addAll(commands.byId.values());
            }
        }
        all.clear();
        open.forEach(Execution::detach);
        open.forEach(Execution::free);
    }
}
