package dev.sandboxer.testing;

import dev.sandboxer.store.Database;
import java.util.function.Consumer;

/** A database for one test, empty but migrated. Opened by each process of the test anew. */
public interface TestDatabase {
    /** Opens it as production does. */
    Database open();

    /**
     * Opens it so that its statements and commits can be watched, and the commits cut short by an error.
     *
     * @param boundary told "COMMIT before" and "COMMIT after"
     * @param statements told the text of each statement before it runs
     */
    Database watched(Consumer<String> boundary, Consumer<String> statements);
}
