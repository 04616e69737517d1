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
 * All commands that were started here, by sandbox and by the id that their client gave them. One that has ended is kept until
 * nobody has asked for it for some minutes. Thread-safe.
 */
public final class Executions implements AutoCloseable {
    /** For how long an ended command is kept that nobody asks for. Clients ask again within a minute. */
    static final Duration KEPT = Duration.ofMinutes(5);

    /** Begins the ids of commands that are no client's; no client's id does. */
    public static final String OURS = ".";

    /** How many commands of one sandbox may run at once, and how many are remembered. */
    static final int MOST_RUNNING = 256;

    static final int MOST_REMEMBERED = 2048;

    private final Sandboxes sandboxes;
    private final SpoolSpace space;
    private final InstantSource clock;
    private final Map<SandboxId, OfSandbox> all = new ConcurrentHashMap<>();

    public Executions(Sandboxes sandboxes, SpoolSpace space, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.space = space;
        this.clock = clock;
    }

    /**
     * A command to start.
     *
     * @param id the client's name for it; the same id with the same fingerprint is the same command
     * @param fingerprint says the same for the same request
     * @param tailOnly whether only the end of long output is kept, and the command never waits for readers
     */
    public record Request(String id, String fingerprint, Streams streams, Command command, boolean tailOnly) {}

    /** The commands of one sandbox. Guarded by itself; removed from the map only while empty. */
    private static final class OfSandbox {
        private final SpoolSpace.Share share;
        private final Map<String, Execution> byId = new HashMap<>();
        private boolean removed;

        private OfSandbox(SpoolSpace.Share share) {
            this.share = share;
        }
    }

    /**
     * Starts a command, and returns once it runs. With an id that was used for the same request before, returns that one.
     *
     * @throws StatusRuntimeException {@code ALREADY_EXISTS} when the id was used for another request; {@code RESOURCE_EXHAUSTED}
     *     when too many run
     * @throws SandboxException as the sandbox refuses it; the id may be used again then
     */
    public Execution start(Sandbox sandbox, Request request) throws InterruptedException {
        var execution = findOrBegin(sandbox, request);
        try {
            execution.awaitStarted();
            return execution;
        } catch (RuntimeException e) {
            if (!mayHaveBegun(e)) {
                forget(execution);
            }
            throw e;
        }
    }

    /** Then the id stays with the failure: the client tries again with it, and nothing must be started twice. */
    private static boolean mayHaveBegun(RuntimeException e) {
        return e.getCause() instanceof ExtensionException failure
                && failure.effect() == ExtensionException.Effect.UNKNOWN;
    }

    private Execution findOrBegin(Sandbox sandbox, Request request) {
        while (true) {
            var commands = all.computeIfAbsent(sandbox.id(), id -> new OfSandbox(space.share()));
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
                execution.begin(() -> isThere(sandbox.id()));
                return execution;
            }
        }
    }

    private Execution execution(SandboxId sandbox, SpoolSpace.Share share, Request request) {
        var retention = request.tailOnly() ? Spool.Retention.TAIL : Spool.Retention.COMMAND;
        return new Execution(
                sandbox,
                request.id(),
                request.fingerprint(),
                request.streams(),
                request.command(),
                new Spool(share, retention),
                new Spool(share, retention),
                clock);
    }

    private static Execution requireSame(Execution earlier, Request request) {
        if (!earlier.fingerprint().equals(request.fingerprint())) {
            throw Status.ALREADY_EXISTS
                    .withDescription("exec id " + request.id() + " already exists with another command")
                    .asRuntimeException();
        }
        return earlier;
    }

    /** Forgets the oldest of those that have ended, when many are remembered. */
    private static void makeRoom(OfSandbox commands) {
        var running =
                commands.byId.values().stream().filter(it -> !it.hasEnded()).count();
        if (running >= MOST_RUNNING) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("this sandbox runs " + running + " commands already; wait for one to end")
                    .asRuntimeException();
        }
        if (commands.byId.size() >= MOST_REMEMBERED) {
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

    /** The command with that id. */
    public Optional<Execution> find(SandboxId sandbox, String id) {
        var commands = all.get(sandbox);
        if (commands == null) {
            return Optional.empty();
        }
        synchronized (commands) {
            return Optional.ofNullable(commands.byId.get(id));
        }
    }

    /** Ends commands whose sandbox has ended, and throws away what nobody asks for. For a schedule. */
    public void sweep() {
        var unusedSince = clock.instant().minus(KEPT);
        for (SandboxId sandbox : List.copyOf(all.keySet())) {
            var running = running(sandbox);
            if (!running.isEmpty() && !isThere(sandbox)) {
                running.forEach(Execution::cut);
            }
            all.computeIfPresent(sandbox, (id, commands) -> {
                synchronized (commands) {
                    removeIf(commands, unusedSince);
                    commands.removed = commands.byId.isEmpty();
                    return commands.removed ? null : commands;
                }
            });
        }
    }

    private static void removeIf(OfSandbox commands, Instant unusedSince) {
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

    /** Returns true if a command of a client runs in the sandbox. */
    public boolean isBusy(SandboxId sandbox) {
        return running(sandbox).stream().anyMatch(it -> !it.id().startsWith(OURS));
    }

    /** Ends the commands of a sandbox that has ended, at once. */
    public void cutAll(SandboxId sandbox) {
        running(sandbox).forEach(Execution::cut);
    }

    private boolean isThere(SandboxId id) {
        return sandboxes
                .find(id)
                .filter(sandbox -> sandbox.state() == SandboxState.RUNNING || sandbox.state() == SandboxState.PAUSED)
                .isPresent();
    }

    /** Lets go of all commands, which go on in their sandboxes, and throws away what is kept. */
    @Override
    public void close() {
        var open = new ArrayList<Execution>();
        for (OfSandbox commands : all.values()) {
            synchronized (commands) {
                open.addAll(commands.byId.values());
            }
        }
        all.clear();
        open.forEach(Execution::cut);
        open.forEach(Execution::free);
    }
}
