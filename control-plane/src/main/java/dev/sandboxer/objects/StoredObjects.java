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
 * The objects that consumers store besides sandboxes, visible to all servers of the database. Contents are sealed with a key that
 * is itself sealed with the master key. Thread-safe.
 */
public final class StoredObjects {
    /** Maximum number of objects of one kind per consumer. */
    static final int MAX_COUNT = 100_000;

    /** Maximum length of one content, in characters. */
    static final int MAX_LENGTH = 1 << 20;

    /** Maximum length of all sealed contents of one kind per consumer, in characters. */
    static final long MAX_TOTAL_LENGTH = 64L << 20;

    private final Database database;
    private final Supplier<byte[]> key;
    private final InstantSource clock;

    /** @param key supplies the 256-bit key that seals contents; called whenever a content is sealed or opened */
    public StoredObjects(Database database, Supplier<byte[]> key, InstantSource clock) {
        this.database = database;
        this.key = key;
        this.clock = clock;
    }

    /**
     * Stores an object under a new id.
     *
     * @param life null = until it is deleted
     * @throws SandboxException {@code CONFLICT} if the id is taken; {@code TOO_LARGE}; {@code OVER_QUOTA} if the consumer stores
     *     too many objects or too many characters
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
     * Returns the object with a name, creating it if absent. Two callers that create it at the same time get the same object.
     *
     * @param id the id if the object is created
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
     * Creates or replaces the object with a name.
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
                ErrorCode.CONFLICT, "'" + name + "' was changed by another call at the same time; try again");
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
     * @param after the last name on the previous page; empty = from the beginning
     */
    public List<StoredObject> list(String consumer, String kind, String prefix, String after, int limit) {
        return database
                .read(handle -> ObjectStore.list(
                        handle, consumer, kind, prefix, after, database.byBytes("name"), limit, clock.instant()))
                .stream()
                .map(row -> opened(consumer, kind, row))
                .toList();
    }

    /** Deletes an object. Returns true if it existed. */
    public boolean delete(String consumer, String kind, String id) {
        return database.transaction(handle -> ObjectStore.delete(handle, consumer, kind, id));
    }

    /** Deletes expired objects and returns their number. */
    public int purge() {
        return database.transaction(handle -> ObjectStore.deleteExpired(handle, clock.instant()));
    }

    private StoredObject fresh(
            String consumer, String kind, String id, @Nullable String name, String content, @Nullable Duration life) {
        if (content.length() > MAX_LENGTH) {
            throw new SandboxException(
                    ErrorCode.TOO_LARGE, "a " + kind + " may have at most " + MAX_LENGTH + " characters");
        }
        var now = Instant.ofEpochMilli(clock.millis());
        return new StoredObject(consumer, kind, id, name, content, now, life == null ? null : now.plus(life));
    }

    private void requireRoom(Handle handle, String consumer, String kind, ObjectStore.Row added) {
        ObjectStore.deleteExpired(handle, clock.instant());
        var total = ObjectStore.total(handle, consumer, kind);
        if (total.count() >= MAX_COUNT || total.size() + added.sealed().length() > MAX_TOTAL_LENGTH) {
            throw new SandboxException(
                    ErrorCode.OVER_QUOTA,
                    "consumer " + consumer + " stores " + total.count() + " objects of kind " + kind + " with "
                            + total.size() + " characters; the limit is " + MAX_COUNT + " objects and "
                            + MAX_TOTAL_LENGTH
                            + " characters; delete some");
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
                            + " the master key, or create the " + kind + " again",
                    e);
        }
    }

    private static List<String> place(String consumer, String kind, String id) {
        return List.of(consumer, kind, id);
    }
}
