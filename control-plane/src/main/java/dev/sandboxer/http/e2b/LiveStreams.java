package dev.sandboxer.http.e2b;

import dev.sandboxer.lifecycle.SandboxId;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The streams that are open with each sandbox, so that they can be cut when it is paused: E2B's clients expect it. */
final class LiveStreams {
    private final Map<SandboxId, Set<Runnable>> cuts = new ConcurrentHashMap<>();

    interface Streaming {
        void run() throws IOException;
    }

    /**
     * Streams.
     *
     * @param cut ends it from outside
     */
    void during(SandboxId sandbox, Runnable cut, Streaming streaming) throws IOException {
        cuts.compute(sandbox, (id, open) -> {
            var all = open == null ? ConcurrentHashMap.<Runnable>newKeySet() : open;
            all.add(cut);
            return all;
        });
        try {
            streaming.run();
        } finally {
            cuts.computeIfPresent(sandbox, (id, open) -> {
                open.remove(cut);
                return open.isEmpty() ? null : open;
            });
        }
    }

    void cutAll(SandboxId sandbox) {
        cuts.getOrDefault(sandbox, Set.of()).forEach(Runnable::run);
    }
}
