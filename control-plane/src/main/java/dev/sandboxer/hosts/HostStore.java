package dev.sandboxer.hosts;

import dev.sandboxer.store.Database;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/** Stores hosts and the addresses of their servers. Thread-safe. */
final class HostStore {
    private final Database database;

    HostStore(Database database) {
        this.database = database;
    }

    record Row(URI address, Instant seenUntil) {}

    Optional<Row> find(String host) {
        return database.read(handle -> handle.createQuery("SELECT address, seen_until FROM hosts WHERE id = :id")
                .bind("id", host)
                .map((row, context) ->
                        new Row(URI.create(row.getString("address")), Instant.ofEpochMilli(row.getLong("seen_until"))))
                .findOne());
    }

    void announce(String host, URI address, Instant seenUntil) {
        database.write(handle -> handle.createUpdate("INSERT INTO hosts (id, address, seen_until)"
                        + " VALUES (:id, :address, :until) ON CONFLICT (id)"
                        + " DO UPDATE SET address = excluded.address, seen_until = excluded.seen_until")
                .bind("id", host)
                .bind("address", address.toString())
                .bind("until", seenUntil.toEpochMilli())
                .execute());
    }

    /** Removes a host, unless another server on it has announced itself since. */
    void withdraw(String host, URI address) {
        database.write(
                handle -> handle.execute("DELETE FROM hosts WHERE id = ? AND address = ?", host, address.toString()));
    }
}
