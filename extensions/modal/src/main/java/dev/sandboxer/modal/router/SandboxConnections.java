package dev.sandboxer.modal.router;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.support.ExecFiles;
import dev.sandboxer.extension.support.ExecProcesses;
import dev.sandboxer.modal.control.ControlClient;
import dev.sandboxer.modal.control.Ending;
import dev.sandboxer.modal.control.RouterAccess;
import dev.sandboxer.modal.control.SandboxCalls;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sandboxes that somebody works in: one connection for each, and the processes that were started through it, shared by all sessions.
 * Thread-safe.
 */
public final class SandboxConnections implements AutoCloseable {
    private static final String USER = "root";
    private static final Ending DESTROYED = new Ending("it was destroyed");

    /** A sandbox that was just made is not asked whether it is there. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    private final ControlClient client;
    private final SandboxCalls sandboxes;
    private final InstantSource clock;
    private final String user;
    private final Map<BackendRef, Connection> connections = new ConcurrentHashMap<>();

    private record Connection(RouterChannel router, ExecProcesses processes, ModalPorts ports, long madeAt) {}

    /** @param user by whose name commands run; null = root, as at Modal */
    public SandboxConnections(
            ControlClient client, SandboxCalls sandboxes, InstantSource clock, @Nullable String user) {
        this.client = client;
        this.sandboxes = sandboxes;
        this.clock = clock;
        this.user = user == null ? USER : user;
    }

    /** Remembers what was told when a sandbox was made. */
    public void made(BackendRef sandbox, String task, @Nullable RouterAccess access, Set<Integer> tunnels) {
        connections.put(sandbox, connection(sandbox, task, access, tunnels, System.nanoTime()));
    }

    private Connection connection(
            BackendRef sandbox,
            @Nullable String task,
            @Nullable RouterAccess access,
            @Nullable Set<Integer> tunnels,
            long madeAt) {
        var router = new RouterChannel(sandbox, client, sandboxes, clock, task, access);
        var exec = new ModalExec(router);
        return new Connection(
                router, new ExecProcesses(exec, user), new ModalPorts(router, exec, sandboxes, tunnels), madeAt);
    }

    /** A session with a running sandbox. */
    public Session open(BackendRef sandbox) {
        var connection = connections.get(sandbox);
        var isFresh = connection != null && System.nanoTime() - connection.madeAt() < FRESH.toNanos();
        if (!isFresh) {
            requireRunning(sandbox);
        }
        var current = of(sandbox);
        var exec = new ModalExec(current.router());
        return new ModalSession(
                new ModalProcesses(current.processes(), current.router(), () -> requireRunning(sandbox)),
                new ExecFiles(exec, user),
                current.ports());
    }

    private void requireRunning(BackendRef sandbox) {
        sandboxes.ending(sandbox).ifPresent(ending -> {
            end(sandbox, ending);
            throw ending.gone(sandbox);
        });
    }

    private Connection of(BackendRef sandbox) {
        var old = System.nanoTime() - FRESH.toNanos();
        return connections.computeIfAbsent(sandbox, it -> connection(it, null, null, null, old));
    }

    RouterChannel router(BackendRef sandbox) {
        return of(sandbox).router();
    }

    /** Ends a sandbox. Who waits for one of its commands learns that it was the sandbox that went. */
    public void destroy(BackendRef sandbox) {
        var connection = connections.get(sandbox);
        if (connection != null) {
            connection.router().destroying(DESTROYED);
        }
        try {
            sandboxes.terminate(sandbox);
        } catch (ExtensionException e) {
            if (connection != null) {
                connection.router().destroying(null);
            }
            throw e;
        }
        end(sandbox, DESTROYED);
    }

    /** The sandbox has ended. */
    public void end(BackendRef sandbox, Ending ending) {
        var connection = connections.remove(sandbox);
        if (connection != null) {
            connection.router().end(ending);
        }
    }

    @Override
    public void close() {
        connections.values().forEach(it -> it.router().close());
        connections.clear();
    }
}
