package dev.sandboxer.hosts;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.observe.Repetition;
import dev.sandboxer.store.Database;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of an installation. Each server announces its address while it runs; one that has been silent for {@link #SILENCE}
 * counts as away. The clocks of the hosts have to agree within seconds. Thread-safe.
 */
public final class Hosts {
    /** How often a server says that it is there. */
    static final Duration RENEWAL = Duration.ofSeconds(5);

    /** How long a server may be silent before it counts as away. */
    public static final Duration SILENCE = Duration.ofSeconds(15);

    /** How long an answer is used again, so that a busy server doesn't ask for each request. */
    private static final Duration REMEMBERED = Duration.ofSeconds(2);

    private final HostStore rows;
    private final @Nullable String self;
    private final InstantSource clock;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(Place place, Instant until) {}

    /**
     * @param self this host; null = there is one host only
     */
    public Hosts(Database database, @Nullable String self, InstantSource clock) {
        this.rows = new HostStore(database);
        this.self = self;
        this.clock = clock;
    }

    /** Returns true if there may be other hosts. */
    public boolean areShared() {
        return self != null;
    }

    /**
     * Where what is bound to a host is reached. Costs a row now and then, and none for this host.
     *
     * @param host null = reached from everywhere
     */
    public Place of(@Nullable String host) {
        if (host == null || host.equals(self)) {
            return new Place.Here();
        }
        var now = clock.instant();
        var before = known.get(host);
        if (before != null && now.isBefore(before.until())) {
            return before.place();
        }
        var place = look(host, now);
        known.put(host, new Known(place, now.plus(REMEMBERED)));
        return place;
    }

    private Place look(String host, Instant now) {
        var row = rows.find(host);
        if (row.isPresent() && now.isBefore(row.get().seenUntil())) {
            return new Place.At(host, row.get().address());
        }
        return new Place.Away(host, row.map(HostStore.Row::address).orElse(null));
    }

    /**
     * Fails for what only another host can reach.
     *
     * @param what names the sandbox or snapshot
     * @throws SandboxException {@code HOST_AWAY}
     */
    public void requireHere(String what, @Nullable String host) {
        if (host != null && !(of(host) instanceof Place.Here)) {
            throw away(what, host);
        }
    }

    /** Reads anew next time where that host is: it could not be reached where it was. */
    public void forget(String host) {
        known.remove(host);
    }

    /**
     * The failure of a call that can't be handed to another host now.
     *
     * @param what names the sandbox or snapshot
     */
    public SandboxException away(String what, String host) {
        var server = switch (of(host)) {
            case Place.At there -> "ask its server, " + there.address() + ", or try again";
            case Place.Away gone
            when gone.address() != null -> "its server, " + gone.address() + ", is away; try again when it is back";
            case Place.Away _, Place.Here _ -> "it has no server now; try again when `sandboxer serve` runs there";
        };
        return new SandboxException(
                ErrorCode.HOST_AWAY, what + " is on another host (" + host + "): " + server, Duration.ofSeconds(2));
    }

    /** The failure of a call to a server that seems to be up, and with which no connection could be made. */
    public SandboxException unreachable(String what, String host, URI address) {
        return new SandboxException(
                ErrorCode.HOST_AWAY,
                what + " is on another host (" + host + "), whose server, " + address + ", can't be reached; try again",
                Duration.ofSeconds(2));
    }

    /**
     * Lets the other servers know where this one is reached, until that is closed. Does nothing where there is one host only.
     *
     * @param address base URL, without a slash at its end
     */
    public Announcement announce(URI address) {
        var announcement = new Announcement(address);
        announcement.begin();
        return announcement;
    }

    /** A server that the others can reach. */
    public final class Announcement implements AutoCloseable {
        private final URI address;
        private final Repetition renewal = new Repetition(RENEWAL, "announcement", this::renew);

        private Announcement(URI address) {
            this.address = address;
        }

        private void begin() {
            if (self != null) {
                renew();
                renewal.start();
            }
        }

        private void renew() {
            if (self != null) {
                rows.announce(self, address, clock.instant().plus(SILENCE));
            }
        }

        /** Tells the others that this server takes no more requests. */
        @Override
        public void close() {
            renewal.close();
            if (self != null) {
                rows.withdraw(self, address);
            }
        }
    }
}
