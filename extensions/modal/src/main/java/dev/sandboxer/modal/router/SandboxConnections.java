package dev.sandboxer.modal.router;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.support.ExecFiles;
import dev.sandboxer.extension.support.ExecProcesses;
import dev.sandboxer.modal.control.ControlClient;
import dev.sandboxer.modal.control.RouterAccess;
import dev.sandboxer.modal.control.SandboxCalls;
import dev.sandboxer.modal.control.SandboxEnd;
import dev.sandboxer.modal.control.SandboxRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Connections to the sandboxes that are in use: for each one router connection and the processes started through it,
 * shared by all sessions. Thread-safe.
 */
public final class SandboxConnections implements AutoCloseable {
    private static final String USER = "root";
    private static final SandboxEnd DESTROYED = new SandboxEnd("it was destroyed");

    /** A new sandbox is assumed to run for this long, unless its deadline is near. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    private static final Duration NEAR = Duration.ofSeconds(5);

    private final ControlClient client;
    private final SandboxCalls sandboxes;
    private final InstantSource clock;
    private final String user;
    private final Map<BackendRef, Connection> connections = new ConcurrentHashMap<>();

    private record Connection(RouterChannel router, ExecProcesses processes, ModalPorts ports, Instant freshUntil) {}

    /** @param user the user that commands run as; null = root, as at Modal */
    public SandboxConnections(
            ControlClient client, SandboxCalls sandboxes, InstantSource clock, @Nullable String user) {
        this.client = client;
        this.sandboxes = sandboxes;
        this.clock = clock;
        this.user = user == null ? USER : user;
    }

    /** Keeps what the creation of a sandbox returned. */
    public void register(BackendRef sandbox, String task, @Nullable RouterAccess access, SandboxRecord record) {
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

    /** Opens a session in a running sandbox. */
    public Session open(BackendRef sandbox) {
        var connection = connections.get(sandbox);
        var isFresh = connection != null && clock.instant().isBefore(connection.freshUntil());
        if (!isFresh) {
            requireRunning(sandbox);
        }
        var current = getOrCreate(sandbox);
        var exec = new ModalExec(current.router());
        return new ModalSession(
                new ModalProcesses(current.processes(), current.router(), () -> requireRunning(sandbox)),
                new ExecFiles(exec, user),
                current.ports());
    }

    private void requireRunning(BackendRef sandbox) {
        sandboxes.findEnd(sandbox).ifPresent(end -> {
            end(sandbox, end);
            throw end.gone(sandbox);
        });
    }

    private Connection getOrCreate(BackendRef sandbox) {
        return connections.computeIfAbsent(sandbox, it -> connection(it, null, null, null, Instant.MIN));
    }

    RouterChannel router(BackendRef sandbox) {
        return getOrCreate(sandbox).router();
    }

    /** Destroys a sandbox. Waiting readers of its commands get the sandbox's end, not the command's. */
    public void destroy(BackendRef sandbox) {
        var connection = connections.get(sandbox);
        if (connection != null) {
            connection.router().setDestroying(DESTROYED);
        }
        try {
            sandboxes.terminate(sandbox);
        } catch (ExtensionException e) {
            if (connection != null) {
                connection.router().setDestroying(null);
            }
            throw e;
        }
        end(sandbox, DESTROYED);
    }

    /** Drops the connection of a sandbox that has ended. */
    public void end(BackendRef sandbox, SandboxEnd end) {
        var connection = connections.remove(sandbox);
        if (connection != null) {
            connection.router().end(end);
        }
    }

    @Override
    public void close() {
        connections.values().forEach(it -> it.router().close());
        connections.clear();
    }
}
