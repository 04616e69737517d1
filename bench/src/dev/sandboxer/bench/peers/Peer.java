package dev.sandboxer.bench.peers;

import dev.sandboxer.bench.Program;

/** Another program that runs a command in isolation, for comparison. */
public interface Peer {
    String name();

    /**
     * @throws Exception when it can't be measured here; the message says why
     */
    void prepare() throws Exception;

    /** Creates a sandbox or container, runs {@code true} in it and removes it. */
    void runTrue() throws Exception;

    /** Removes everything that failed runs may have left. */
    default void removeAll() throws Exception {}

    static void need(String program) {
        if (!Program.present(program)) {
            throw new IllegalStateException("not installed");
        }
    }
}
