package dev.sandboxer.cli.command;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.config.ConfigFile;
import dev.sandboxer.config.Home;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The installation that this process works on, opened when a command first needs it. Thread-safe. */
public final class Installation implements AutoCloseable {
    /** The user's result is printed by then, and the hub may be slow. */
    private static final Duration DELIVERY = Duration.ofSeconds(5);

    private final Home home;
    private final Map<String, String> environment;
    private final Console console;
    private @Nullable Sandboxer open;

    /** @param environment may hold the platform's credentials */
    public Installation(Home home, Map<String, String> environment, Console console) {
        this.home = home;
        this.environment = environment;
        this.console = console;
    }

    /** Returns the open installation. The first call also cleans up after interrupted commands, and reports that. */
    public synchronized Sandboxer sandboxer() {
        var sandboxer = open;
        if (sandboxer == null) {
            sandboxer = Sandboxer.open(home, environment, InstantSource.system());
            open = sandboxer;
            for (var jar : sandboxer.extensions().refused()) {
                console.note(jar.text());
            }
            for (var settled : sandboxer.sandboxes().repair().settleDoubts()) {
                console.note("sandbox " + settled.sandbox() + ": " + settled.text());
            }
        }
        return sandboxer;
    }

    /** The environment variables of the user. */
    public Map<String, String> environment() {
        return environment;
    }

    public Home home() {
        return home;
    }

    /**
     * Where the database is, without secrets; it is not opened.
     *
     * @throws SandboxException {@code INVALID_CONFIG} when {@code SANDBOXER_DATABASE_URL} is malformed
     */
    public String databaseLocation() {
        return Database.locate(home.database(), environment);
    }

    /** The configuration, which can be read without opening the database. */
    public ConfigFile config() {
        return new ConfigFile(home);
    }

    /** The extensions without a database: enough to list them and to check the host. */
    public ExtensionRegistry extensions() {
        return new ExtensionRegistry(home.directory(), InstantSource.system());
    }

    /** Delivers events that this process has written to the hubs; what can't be delivered soon is left to later commands. */
    public synchronized void deliver() {
        if (open != null) {
            try {
                open.deliverOwn(DELIVERY);
            } catch (SandboxException e) {
                console.note("events were not delivered: " + e.getMessage());
            }
        }
    }

    /**
     * Stops the threads of the backends, which would delay the end of the process. The database stays open: closing it removes
     * files that can't be made again on a full disk, while a shutdown hook may still have to destroy a sandbox.
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
