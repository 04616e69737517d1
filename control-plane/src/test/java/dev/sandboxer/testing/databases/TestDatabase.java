package dev.sandboxer.testing.databases;

import dev.sandboxer.store.Database;
import java.util.function.Consumer;

/** A database for one test, migrated and without rows. Each process of the test opens it again. */
public interface TestDatabase {
    /** Opens the database as production does. */
    Database open();

    /**
     * Opens the database and watches its statements and commits.
     *
     * @param boundary gets "COMMIT before" and "COMMIT after"; an error that it throws cuts the commit short
     * @param statements gets the text of each statement before it runs
     */
    Database watched(Consumer<String> boundary, Consumer<String> statements);
}
