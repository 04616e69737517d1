package dev.sandboxer.bench;

/** Another program that runs a command in isolation. */
interface Peer {
    String name();

    /**
     * @throws Exception when it can't be measured here; the message says why
     */
    void prepare() throws Exception;

    /** A whole life: from nothing, {@code true} inside, to nothing. */
    void runTrue() throws Exception;

    /** Removes what may be left of it. */
    default void removeAll() throws Exception {}

    static void need(String program) {
        if (!Program.present(program)) {
            throw new IllegalStateException("not installed");
        }
    }
}
