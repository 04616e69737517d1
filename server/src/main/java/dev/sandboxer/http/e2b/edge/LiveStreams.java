package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The open calls and connections of each sandbox. They are cut when the sandbox is paused or has ended, as E2B's clients expect.
 * Thread-safe.
 */
final class LiveStreams {
    private final Map<SandboxId, Set<Runnable>> cuts = new ConcurrentHashMap<>();

    /** The registration of an open call or connection. Closing it removes it; closing it again does nothing. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Registers an open call or connection.
     *
     * @param cut ends the call or connection; called from another thread, perhaps more than once
     */
    Registration add(SandboxId sandbox, Runnable cut) {
        cuts.compute(sandbox, (id, open) -> {
            var all = open == null ? ConcurrentHashMap.<Runnable>newKeySet() : open;
            all.add(cut);
            return all;
        });
        return () -> cuts.computeIfPresent(sandbox, (id, open) -> {
            open.remove(cut);
            return open.isEmpty() ? null : open;
        });
    }

    /** Registers a connection until the returned one is closed, which may be after the request that opened it. */
    PortConnection add(SandboxId sandbox, PortConnection connection) {
        return new Tracked(connection, add(sandbox, connection::close));
    }

    /** Cuts all calls and connections of a sandbox. */
    void cutAll(SandboxId sandbox) {
        cuts.getOrDefault(sandbox, Set.of()).forEach(Runnable::run);
    }

    /** Cuts the calls and connections of sandboxes that are not running. */
    void cutAllExcept(Predicate<SandboxId> running) {
        cuts.keySet().stream().filter(running.negate()).forEach(this::cutAll);
    }

    boolean isEmpty() {
        return cuts.isEmpty();
    }

    private record Tracked(PortConnection connection, Registration registration) implements PortConnection {
        @Override
        public InputStream input() {
            return connection.input();
        }

        @Override
        public OutputStream output() {
            return connection.output();
        }

        @Override
        public void shutdownOutput() {
            connection.shutdownOutput();
        }

        @Override
        public void close() {
            registration.close();
            connection.close();
        }
    }
}
