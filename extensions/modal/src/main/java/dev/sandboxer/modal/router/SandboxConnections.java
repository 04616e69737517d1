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
import dev.sandboxer.modal.control.SandboxRecord;
import java.time.Duration;
import java.time.Instant;
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

    /** A sandbox that was just made is not asked whether it is there, unless its deadline is near. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    private static final Duration NEAR = Duration.ofSeconds(5);

    private final ControlClient client;
    private final SandboxCalls sandboxes;
    private final InstantSource clock;
    private final String user;
    private final Map<BackendRef, Connection> connections = new ConcurrentHashMap<>();

    private record Connection(RouterChannel router, ExecProcesses processes, ModalPorts ports, Instant freshUntil) {}

    /** @param user by whose name commands run; null = root, as at Modal */
    public SandboxConnections(
            ControlClient client, SandboxCalls sandboxes, InstantSource clock, @Nullable String user) {
        this.client = client;
        this.sandboxes = sandboxes;
        this.clock = clock;
        this.user = user == null ? USER : user;
    }

    /** Remembers what was told when a sandbox was made. */
    public void made(BackendRef sandbox, String task, @Nullable RouterAccess access, SandboxRecord record) {
        var fresh = clock.instant().plus(FRESH);
        var safe = record.deadline().minus(NEAR);
        connections.put(
                sandbox, connection(sandbox, task, access, record.tunnels(), fresh.isBefore(safe) ? fresh : safe));
    }

    private Connection connection(
            BackendRef sandbox,
            @Nullable String task,
            @Nullable RouterAccess access,
            @Nullable Set<Integer> tunnels,
            Instant freshUntil) {
        var router = new RouterChannel(sandbox, client, sandboxes, clock, task, access);
        var exec = new ModalExec(router);
        return new Connection(
                router, new ExecProcesses(exec, user), new ModalPorts(router, exec, sandboxes, tunnels), freshUntil);
    }

    /** A session with a running sandbox. */
    public Session open(BackendRef sandbox) {
        var connection = connections.get(sandbox);
        var isFresh = connection != null && clock.instant().isBefore(connection.freshUntil());
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
        return connections.computeIfAbsent(sandbox, it -> connection(it, null, null, null, Instant.MIN));
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
