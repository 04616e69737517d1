package dev.sandboxer.cli.command;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.config.ConfigFile;
import dev.sandboxer.config.Home;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.observe.SteadyClock;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The installation that this process works on, opened when a command first needs it. Thread-safe. */
public final class Installation implements AutoCloseable {
    /** Maximum time for deliveries at the end of a command: a slow hub must not keep the user waiting. */
    private static final Duration DELIVERY_LIMIT = Duration.ofSeconds(5);

    private final Home home;
    private final Map<String, String> environment;
    private final Console console;
    private @Nullable Sandboxer open;

    /**
     * Creates an installation that is not open yet.
     *
     * @param environment may hold the platform's credentials
     */
    public Installation(Home home, Map<String, String> environment, Console console) {
        this.home = home;
        this.environment = environment;
        this.console = console;
    }

    /** Returns the open installation. The first call also cleans up after interrupted commands and reports it. */
    public synchronized Sandboxer sandboxer() {
        var sandboxer = open;
        if (sandboxer == null) {
            var clock = clock();
            sandboxer = Sandboxer.open(home, environment, clock);
            open = sandboxer;
            if (clock instanceof SteadyClock steady) {
                follow(steady, sandboxer);
            }
            for (var jar : sandboxer.extensions().refused()) {
                console.note(jar.text());
            }
            for (var settled : sandboxer.sandboxes().repair().repairUnfinished()) {
                console.note("sandbox " + settled.sandbox() + ": " + settled.text());
            }
        }
        return sandboxer;
    }

    /** Returns the clock. With a shared database each process starts from the time of day, because times are compared across hosts. */
    private InstantSource clock() {
        if (!environment.getOrDefault("SANDBOXER_DATABASE_URL", "").isEmpty()) {
            return SteadyClock.ofProcess();
        }
        return SteadyClock.of(home.prepare().directory());
    }

    /**
     * Adopts the time of the host's clock if somebody has set that clock. Keeps the old time while sandboxes are live: their deadlines use
     * it.
     */
    private void follow(SteadyClock clock, Sandboxer sandboxer) {
        clock.difference().ifPresent(set -> {
            if (sandboxer.sandboxes().live().isEmpty()) {
                clock.follow();
            } else {
                console.note("the clock of this host was changed by " + set.toSeconds()
                        + " s; sand-boxer keeps the old time until the running sandboxes have ended");
            }
        });
    }

    /** The environment variables of the user. */
    public Map<String, String> environment() {
        return environment;
    }

    public Home home() {
        return home;
    }

    /**
     * Returns the location of the database, without secrets. The database is not opened.
     *
     * @throws SandboxException {@code INVALID_CONFIG} when {@code SANDBOXER_DATABASE_URL} is malformed
     */
    public String databaseLocation() {
        return Database.locate(home.database(), environment);
    }

    /** Returns the configuration, which is read without opening the database. */
    public ConfigFile config() {
        return new ConfigFile(home);
    }

    /** Returns the extensions without a database. That is enough to list them and to check the host. */
    public ExtensionRegistry extensions() {
        return new ExtensionRegistry(home.directory(), InstantSource.system(), this::hostReserve);
    }

    /** Returns the configured reserve; the default when the configuration is invalid, which is reported elsewhere. */
    private HostReserve hostReserve() {
        try {
            return config().config().host();
        } catch (SandboxException e) {
            return HostReserve.DEFAULT;
        }
    }

    /** Delivers the events of this process to the hubs. Events that can't be delivered soon are left to later commands. */
    public synchronized void deliver() {
        if (open != null) {
            try {
                open.deliverOwn(DELIVERY_LIMIT);
            } catch (SandboxException e) {
                console.note("events were not delivered: " + e.getMessage());
            }
        }
    }

    /**
     * Stops the threads of the backends, which would delay the end of the process. The database stays open: closing it removes files that
     * can't be recreated on a full disk, and a shutdown hook may still need it to destroy a sandbox.
     */
    public synchronized void closeBackends() {
        if (open != null) {
            open.closeBackends();
        }
    }

    @Override
    public synchronized void close() {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}
