package dev.sandboxer.consumers;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;
import dev.sandboxer.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;

/** All consumers. {@link #LOCAL} is always there. Thread-safe. */
public final class Consumers {
    /** Who asks when nobody says so: the user of the command line. */
    public static final String LOCAL = "local";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?");

    private final ConsumerStore rows;
    private final InstantSource clock;

    public Consumers(Database database, InstantSource clock) {
        this.rows = new ConsumerStore(database);
        this.clock = clock;
    }

    /**
     * @throws SandboxException {@code INVALID_ARGUMENT} when the name has a wrong form, {@code CONFLICT} when it is taken
     */
    public Consumer add(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a consumer's name has 1 to 64 lower-case letters, digits, dots, dashes or underscores, and begins"
                            + " and ends with a letter or digit");
        }
        if (name.equals(LOCAL) && rows.find(name).isEmpty() || !rows.insert(name, now())) {
            throw new SandboxException(ErrorCode.CONFLICT, "there is a consumer " + name + " already");
        }
        return get(name);
    }

    /** The one of that name, added when it isn't there. */
    Consumer ensure(String name) {
        return rows.find(name).orElseGet(() -> name.equals(LOCAL) ? local() : add(name));
    }

    /**
     * @throws SandboxException {@code UNKNOWN_CONSUMER}, with the names that come nearest
     */
    public Consumer get(String name) {
        return rows.find(name).orElseGet(() -> {
            if (name.equals(LOCAL)) {
                return new Consumer(LOCAL, Instant.EPOCH, null);
            }
            var nearest =
                    Spelling.nearest(name, list().stream().map(Consumer::id).toList());
            throw new SandboxException(
                    ErrorCode.UNKNOWN_CONSUMER,
                    "unknown consumer " + Spelling.quoted(name)
                            + (nearest.isEmpty() ? ";" : Spelling.didYouMean(nearest))
                            + " `sandboxer consumers ls` lists them");
        });
    }

    /** By name. */
    public List<Consumer> list() {
        var all = rows.list();
        if (all.stream().anyMatch(consumer -> consumer.id().equals(LOCAL))) {
            return all;
        }
        local();
        return rows.list();
    }

    private Consumer local() {
        rows.insert(LOCAL, now());
        return rows.find(LOCAL).orElseThrow();
    }

    /** From now on it may begin nothing new; what it has goes on until its time is up. */
    public Consumer disable(String name) {
        var consumer = ensureKnown(name);
        if (!consumer.disabled()) {
            rows.setDisabled(name, now());
        }
        return get(name);
    }

    public Consumer enable(String name) {
        ensureKnown(name);
        rows.setDisabled(name, null);
        return get(name);
    }

    private Consumer ensureKnown(String name) {
        get(name);
        return ensure(name);
    }

    /**
     * @throws SandboxException {@code CONSUMER_DISABLED}
     */
    public void requireEnabled(String name) {
        var found = rows.find(name);
        if (found.isPresent() && found.get().disabled()) {
            throw new SandboxException(
                    ErrorCode.CONSUMER_DISABLED,
                    "the consumer " + name + " was disabled on " + found.get().disabledAt()
                            + "; `sandboxer consumers enable " + name + "` lets it begin again");
        }
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.millis());
    }
}
