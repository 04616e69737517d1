package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.extension.PortConnection;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** What is open with each sandbox, so that it can be cut when the sandbox is paused or has ended: E2B's clients expect it. */
public final class LiveStreams {
    private final Map<SandboxId, Set<Runnable>> cuts = new ConcurrentHashMap<>();

    /** One of them, until it is closed. */
    public interface Open extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @param cut ends it from outside, possibly more than once
     */
    public Open add(SandboxId sandbox, Runnable cut) {
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

    /** The same connection, which is one of them until it is closed, and may so outlive the request that opened it. */
    public PortConnection add(SandboxId sandbox, PortConnection connection) {
        return new Tracked(connection, add(sandbox, connection::close));
    }

    public void cutAll(SandboxId sandbox) {
        cuts.getOrDefault(sandbox, Set.of()).forEach(Runnable::run);
    }

    /** Cuts those with other sandboxes. */
    public void keepOnly(Predicate<SandboxId> running) {
        cuts.keySet().stream().filter(running.negate()).forEach(this::cutAll);
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
