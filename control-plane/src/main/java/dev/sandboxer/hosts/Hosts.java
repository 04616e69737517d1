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
 * The hosts of an installation. Each server announces its address while it runs; a server that has been silent for
 * {@link #SILENCE} counts as away. The clocks of the hosts must agree within seconds. Thread-safe.
 */
public final class Hosts {
    /** The interval between two announcements of a server. */
    static final Duration RENEWAL = Duration.ofSeconds(5);

    /** How long a server may be silent before it counts as away. */
    public static final Duration SILENCE = Duration.ofSeconds(15);

    /** How long a looked-up place is cached, so that a busy server does not read a row for each request. */
    private static final Duration CACHED = Duration.ofSeconds(2);

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
    public boolean mayHaveOthers() {
        return self != null;
    }

    /**
     * Returns the place where work that is bound to a host must be done. Reads at most one row; none for this host.
     *
     * @param host null = any host
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
        known.put(host, new Known(place, now.plus(CACHED)));
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
     * Fails if only another host can do the work.
     *
     * @param what names the sandbox or snapshot
     * @throws SandboxException {@code HOST_AWAY}
     */
    public void requireHere(String what, @Nullable String host) {
        if (host != null && !(of(host) instanceof Place.Here)) {
            throw away(what, host);
        }
    }

    /** Drops the cached place of a host. Call it after a failed connection. */
    public void forget(String host) {
        known.remove(host);
    }

    /**
     * Returns the failure of a call that can't be forwarded to another host now.
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

    /** Returns the failure of a call to a server that has announced itself but accepts no connection. */
    public SandboxException away(String what, String host, URI address) {
        return new SandboxException(
                ErrorCode.HOST_AWAY,
                what + " is on another host (" + host + "): its server, " + address + ", can't be reached; try again",
                Duration.ofSeconds(2));
    }

    /**
     * Announces this server to the others until the announcement is closed. Does nothing if there is one host only.
     *
     * @param address base URL, without a slash at its end
     */
    public Announcement announce(URI address) {
        var announcement = new Announcement(address);
        announcement.begin();
        return announcement;
    }

    /** The repeated announcement of this server's address. */
    public final class Announcement implements AutoCloseable {
        private final URI address;
        private final Repetition renewal = new Repetition(RENEWAL, "announcement", this::renew);
        private boolean closed;

        private Announcement(URI address) {
            this.address = address;
        }

        private void begin() {
            if (self != null) {
                renew();
                renewal.start();
            }
        }

        private synchronized void renew() {
            if (self != null && !closed) { // a renewal after the withdrawal would announce a server that has ended
                rows.announce(self, address, clock.instant().plus(SILENCE));
            }
        }

        /** Stops the announcement and withdraws the address. */
        @Override
        public void close() {
            renewal.close();
            synchronized (this) {
                closed = true;
                if (self != null) {
                    rows.withdraw(self, address);
                }
            }
        }
    }
}
