package dev.sandboxer.consumers;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;
import dev.sandboxer.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/** Stores consumers and their limits. {@link #LOCAL} always exists. Thread-safe. */
public final class Consumers {
    /** The consumer of a call that names none: the user of the command line. */
    public static final String LOCAL = "local";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?");

    private final ConsumerStore rows;
    private final Supplier<Map<String, ConsumerLimits>> declared;
    private final InstantSource clock;

    /** Creates an instance for a configuration without limits. */
    public Consumers(Database database, InstantSource clock) {
        this(database, Map::of, clock);
    }

    /**
     * @param declared the limits in the configuration, by consumer; each overrides the stored one
     */
    public Consumers(Database database, Supplier<Map<String, ConsumerLimits>> declared, InstantSource clock) {
        this.rows = new ConsumerStore(database);
        this.declared = declared;
        this.clock = clock;
    }

    /**
     * Checks the form of a name, and returns it.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static String requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a consumer's name has 1 to 64 lower-case letters, digits, dots, dashes or underscores, and begins"
                            + " and ends with a letter or digit");
        }
        return name;
    }

    /**
     * @throws SandboxException {@code INVALID_ARGUMENT} when the name has a wrong form, {@code CONFLICT} when it is taken
     */
    public Consumer add(String name) {
        requireName(name);
        if (name.equals(LOCAL) && rows.find(name).isEmpty() || !rows.insert(name, now())) {
            throw new SandboxException(ErrorCode.CONFLICT, "consumer " + name + " already exists");
        }
        return get(name);
    }

    /** Returns the consumer of that name, adding it if absent. */
    Consumer ensure(String name) {
        return rows.find(name).orElseGet(() -> name.equals(LOCAL) ? local() : add(name));
    }

    /**
     * @throws SandboxException {@code UNKNOWN_CONSUMER}, suggesting similar names
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
                    "consumer " + Spelling.quoted(name) + " not found"
                            + (nearest.isEmpty() ? "; list them" : Spelling.didYouMean(nearest) + " List them")
                            + " with: sandboxer consumers ls");
        });
    }

    /** Returns all consumers by name. */
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

    /** Disables a consumer: it can start nothing new. Its sandboxes run until their deadlines. */
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
                            + "; `sandboxer consumers enable " + name + "` enables it");
        }
    }

    /** Returns the effective limits of a consumer: those in the configuration, and the stored ones for the rest. */
    public ConsumerLimits limits(String name) {
        return withDeclared(name, rows.limits(name));
    }

    /** Like {@link #limits(String)}, but reads in the caller's transaction. */
    public ConsumerLimits limits(Handle handle, String name) {
        return withDeclared(name, rows.limits(handle, name));
    }

    /** Returns the limits of a consumer that the configuration sets. */
    public Set<Limit> declared(String name) {
        return declaredLimits(name).set();
    }

    private ConsumerLimits declaredLimits(String name) {
        return declared.get().getOrDefault(name, ConsumerLimits.NONE);
    }

    private ConsumerLimits withDeclared(String name, ConsumerLimits stored) {
        var limits = declaredLimits(name);
        return stored.with(limits, limits.set());
    }

    /**
     * Stores limits of a consumer. Sandboxes that already exceed them stay.
     *
     * @param values the new limits; null lifts a limit
     * @param which the limits to change
     * @throws SandboxException {@code UNKNOWN_CONSUMER}; {@code CONFLICT} if the configuration sets one of them; {@code
     *     INVALID_ARGUMENT} if the default profile would not be among the allowed ones
     */
    public void setLimits(String name, ConsumerLimits values, Set<Limit> which) {
        ensureKnown(name);
        var fixed = declared(name);
        for (Limit limit : which) {
            if (fixed.contains(limit)) {
                throw new SandboxException(
                        ErrorCode.CONFLICT,
                        "config.yaml sets consumers." + name + "." + limit.key() + "; change it there");
            }
        }
        rows.changeLimits(name, stored -> {
            var changed = stored.with(values, which);
            withDeclared(name, changed).requireConsistent();
            return changed;
        });
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.millis());
    }
}
