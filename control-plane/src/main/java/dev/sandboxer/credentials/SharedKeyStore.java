package dev.sandboxer.credentials;

import dev.sandboxer.store.Database;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.generic.GenericType;

/** Reads and writes the sealed keys that all servers of a database share, in the table {@code shared_keys}. Thread-safe. */
final class SharedKeyStore {
    private static final GenericType<Map<String, String>> BY_NAME = new GenericType<>() {};

    private final Database database;

    SharedKeyStore(Database database) {
        this.database = database;
    }

    Optional<String> find(String name) {
        return database.read(handle -> handle.createQuery("SELECT sealed FROM shared_keys WHERE name = :name")
                .bind("name", name)
                .mapTo(String.class)
                .findOne());
    }

    /** Returns the sealed texts by name. */
    Map<String, String> all() {
        return database.read(SharedKeyStore::all);
    }

    private static Map<String, String> all(Handle handle) {
        return handle.createQuery("SELECT name, sealed FROM shared_keys")
                .setMapKeyColumn("name")
                .setMapValueColumn("sealed")
                .collectInto(BY_NAME);
    }

    void insert(String name, String sealed) {
        database.write(handle -> handle.execute("INSERT INTO shared_keys (name, sealed) VALUES (?, ?)", name, sealed));
    }

    /**
     * Reseals all keys in the caller's transaction.
     *
     * @param reseal makes the new sealed text from the name and the old text
     */
    void resealAll(Handle handle, BinaryOperator<String> reseal) {
        all(handle)
                .forEach((name, text) -> handle.execute(
                        "UPDATE shared_keys SET sealed = ? WHERE name = ?", reseal.apply(name, text), name));
    }

    /** Runs the work while no other process, on any host, creates a key. */
    byte[] exclusively(Supplier<byte[]> work) {
        return database.exclusively(_ -> work.get());
    }
}
