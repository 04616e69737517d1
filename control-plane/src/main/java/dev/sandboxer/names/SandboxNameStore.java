package dev.sandboxer.names;

import org.jdbi.v3.core.Handle;

/** Stores the names of sandboxes, in the caller's transactions. */
final class SandboxNameStore {
    private SandboxNameStore() {}

    /** Stores a sandbox's name. Returns false if another sandbox has it. */
    static boolean take(Handle handle, String consumer, String scope, String name, String sandbox) {
        return handle.execute(
                        "INSERT INTO sandbox_names (consumer, scope, name, sandbox) VALUES (?, ?, ?, ?)"
                                + " ON CONFLICT DO NOTHING",
                        consumer,
                        scope,
                        name,
                        sandbox)
                == 1;
    }

    static void release(Handle handle, String sandbox) {
        handle.execute("DELETE FROM sandbox_names WHERE sandbox = ?", sandbox);
    }
}
