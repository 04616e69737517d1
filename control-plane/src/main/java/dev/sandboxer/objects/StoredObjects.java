package dev.sandboxer.objects;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.store.Database;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What consumers keep here beside sandboxes, seen by all servers of the database. Contents are sealed with a key that is itself
 * sealed with the master key. Thread-safe.
 */
public final class StoredObjects {
    /** How many of a kind a consumer may keep. */
    static final int MOST = 100_000;

    /** How many characters a content may have. */
    static final int LONGEST = 1 << 20;

    /** How many characters all sealed contents of a kind may have for one consumer. */
    static final long MOST_CHARACTERS = 64L << 20;

    private final Database database;
    private final Supplier<byte[]> key;
    private final InstantSource clock;

    /** @param key gives the key of 256 bits that seals contents; asked when there is something to seal or open */
    public StoredObjects(Database database, Supplier<byte[]> key, InstantSource clock) {
        this.database = database;
        this.key = key;
        this.clock = clock;
    }

    /**
     * Keeps something under an id that is new.
     *
     * @param life null = it stays until it is deleted
     * @throws SandboxException {@code CONFLICT} when the id is taken; {@code TOO_LARGE}; {@code OVER_QUOTA} when the consumer keeps
     *     too many, or too much
     */
    public StoredObject add(String consumer, String kind, String id, String content, @Nullable Duration life) {
        var object = fresh(consumer, kind, id, null, content, life);
        var row = sealed(object);
        database.write(handle -> {
            requireRoom(handle, consumer, kind, row);
            if (!ObjectStore.insert(handle, consumer, kind, row)) {
                throw taken(id);
            }
        });
        return object;
    }

    /**
     * Finds the object with a name, or makes it. Two callers who make it at the same time get the same one.
     *
     * @param id of a new one
     * @throws SandboxException {@code TOO_LARGE}; {@code OVER_QUOTA}
     */
    public StoredObject findOrAdd(String consumer, String kind, String name, String id, String content) {
        return named(consumer, kind, name).orElseGet(() -> {
            var object = fresh(consumer, kind, id, name, content, null);
            var row = sealed(object);
            var added = database.transaction(handle -> {
                requireRoom(handle, consumer, kind, row);
                return ObjectStore.insert(handle, consumer, kind, row);
            });
            return added ? object : named(consumer, kind, name).orElseThrow(() -> taken(name));
        });
    }

    /**
     * Makes the object with a name, or replaces it.
     *
     * @throws SandboxException {@code TOO_LARGE}; {@code OVER_QUOTA}
     */
    public StoredObject replace(String consumer, String kind, String name, String id, String content) {
        var object = fresh(consumer, kind, id, name, content, null);
        var row = sealed(object);
        database.write(handle -> {
            ObjectStore.named(handle, consumer, kind, name, Instant.EPOCH)
                    .ifPresent(old -> ObjectStore.delete(handle, consumer, kind, old.id()));
            requireRoom(handle, consumer, kind, row);
            if (!ObjectStore.insert(handle, consumer, kind, row)) {
                throw taken(name);
            }
        });
        return object;
    }

    private static SandboxException taken(String name) {
        return new SandboxException(
                ErrorCode.CONFLICT, "'" + name + "' was changed by somebody else at the same time; try again");
    }

    public Optional<StoredObject> find(String consumer, String kind, String id) {
        return database.read(handle -> ObjectStore.find(handle, consumer, kind, id, clock.instant()))
                .map(row -> opened(consumer, kind, row));
    }

    public Optional<StoredObject> named(String consumer, String kind, String name) {
        return database.read(handle -> ObjectStore.named(handle, consumer, kind, name, clock.instant()))
                .map(row -> opened(consumer, kind, row));
    }

    /**
     * Lists the objects of a kind whose name has a prefix, by name.
     *
     * @param after the name of the last one of the page before; empty = from the beginning
     */
    public List<StoredObject> list(String consumer, String kind, String prefix, String after, int limit) {
        return database
                .read(handle -> ObjectStore.list(
                        handle, consumer, kind, prefix, after, database.byBytes("name"), limit, clock.instant()))
                .stream()
                .map(row -> opened(consumer, kind, row))
                .toList();
    }

    /** Returns true if there was one. */
    public boolean delete(String consumer, String kind, String id) {
        return database.transaction(handle -> ObjectStore.delete(handle, consumer, kind, id));
    }

    /** Deletes what has expired; returns how many. */
    public int purge() {
        return database.transaction(handle -> ObjectStore.deleteExpired(handle, clock.instant()));
    }

    private StoredObject fresh(
            String consumer, String kind, String id, @Nullable String name, String content, @Nullable Duration life) {
        if (content.length() > LONGEST) {
            throw new SandboxException(
                    ErrorCode.TOO_LARGE, "a " + kind + " may have at most " + LONGEST + " characters");
        }
        var now = Instant.ofEpochMilli(clock.millis());
        return new StoredObject(consumer, kind, id, name, content, now, life == null ? null : now.plus(life));
    }

    private void requireRoom(Handle handle, String consumer, String kind, ObjectStore.Row added) {
        ObjectStore.deleteExpired(handle, clock.instant());
        var total = ObjectStore.total(handle, consumer, kind);
        if (total.count() >= MOST || total.size() + added.sealed().length() > MOST_CHARACTERS) {
            throw new SandboxException(
                    ErrorCode.OVER_QUOTA,
                    "consumer " + consumer + " keeps " + total.count() + " objects of the kind " + kind + " with "
                            + total.size() + " characters; at most " + MOST + " with " + MOST_CHARACTERS
                            + " are possible; delete some");
        }
    }

    private ObjectStore.Row sealed(StoredObject object) {
        var expires = object.expiresAt();
        return new ObjectStore.Row(
                object.id(),
                object.name(),
                new Seal(key.get()).seal(object.content(), place(object.consumer(), object.kind(), object.id())),
                object.createdAt().toEpochMilli(),
                expires == null ? null : expires.toEpochMilli());
    }

    private StoredObject opened(String consumer, String kind, ObjectStore.Row row) {
        var expires = row.expiresAt();
        try {
            return new StoredObject(
                    consumer,
                    kind,
                    row.id(),
                    row.name(),
                    new Seal(key.get()).open(row.sealed(), place(consumer, kind, row.id())),
                    Instant.ofEpochMilli(row.createdAt()),
                    expires == null ? null : Instant.ofEpochMilli(expires));
        } catch (GeneralSecurityException e) {
            throw new SandboxException(
                    ErrorCode.MASTER_KEY_UNUSABLE,
                    kind + " " + row.id()
                            + " can't be opened: it was sealed with another master key, or changed; restore"
                            + " the master key, or make the " + kind + " again",
                    e);
        }
    }

    private static List<String> place(String consumer, String kind, String id) {
        return List.of(consumer, kind, id);
    }
}
