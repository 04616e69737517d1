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
 * What is open with each sandbox, so that it can be cut when the sandbox is paused or has ended, as E2B's clients expect.
 * Thread-safe.
 */
final class LiveStreams {
    private final Map<SandboxId, Set<Runnable>> cuts = new ConcurrentHashMap<>();

    /** A registration; closing it ends it, closing it again does nothing. */
    interface Open extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Registers something that is open.
     *
     * @param cut ends it from outside, possibly more than once
     */
    Open add(SandboxId sandbox, Runnable cut) {
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

    /** Registers a connection until it is closed, which may be after the request that opened it. Use the returned one. */
    PortConnection add(SandboxId sandbox, PortConnection connection) {
        return new Tracked(connection, add(sandbox, connection::close));
    }

    void cutAll(SandboxId sandbox) {
        cuts.getOrDefault(sandbox, Set.of()).forEach(Runnable::run);
    }

    /** Cuts what is open with sandboxes that are not running. */
    void keepOnly(Predicate<SandboxId> running) {
        cuts.keySet().stream().filter(running.negate()).forEach(this::cutAll);
    }

    boolean isEmpty() {
        return cuts.isEmpty();
    }

    private record Tracked(PortConnection connection, Open open) implements PortConnection {
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
            open.close();
            connection.close();
        }
    }
}
