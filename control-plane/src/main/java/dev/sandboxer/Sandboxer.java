package dev.sandboxer;

import dev.sandboxer.config.ConfigFile;
import dev.sandboxer.config.Home;
import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.SandboxStore;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.profiles.Spelling;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.routing.Router;
import dev.sandboxer.store.Store;
import java.time.InstantSource;
import java.util.TreeSet;

/** The composition root: one open installation. Thread-safe. */
public final class Sandboxer implements AutoCloseable {
    /** Who asks when nobody says so: the user of the command line. */
    public static final String LOCAL_CONSUMER = "local";

    private final ConfigFile config;
    private final Store store;
    private final ExtensionRegistry registry;
    private final Router router;
    private final Sandboxes sandboxes;
    private final ApiKeys keys;
    private final Home home;
    private final InstantSource clock;

    private Sandboxer(Home home, Store store, InstantSource clock) {
        this.home = home;
        this.clock = clock;
        this.config = new ConfigFile(home);
        this.store = store;
        var rows = new SandboxStore(store);
        this.registry = new ExtensionRegistry(home.directory(), rows.installation(), clock);
        this.router = new Router(registry, id -> config.config().extension(id).enabled());
        this.sandboxes = new Sandboxes(store, rows, router, registry, clock);
        this.keys = new ApiKeys(store, clock);
    }

    /**
     * Opens the installation in a home directory, making it as needed. The configuration is read when it is first needed.
     *
     * @throws SandboxException when the home or its database can't be used
     */
    public static Sandboxer open(Home home, InstantSource clock) {
        home.prepare();
        var store = Store.open(home.database());
        try {
            return new Sandboxer(home, store, clock);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    public ProfileCatalogue profiles() {
        return config.config().profiles();
    }

    public ExtensionRegistry extensions() {
        return registry;
    }

    public Router router() {
        return router;
    }

    public Sandboxes sandboxes() {
        return sandboxes;
    }

    public ApiKeys keys() {
        return keys;
    }

    /**
     * The consumer of that name: {@value #LOCAL_CONSUMER}, or one that has, or has had, a key or a sandbox.
     *
     * @throws SandboxException {@code UNKNOWN_CONSUMER}, with the names that come nearest
     */
    public String consumer(String name) {
        if (name.equals(LOCAL_CONSUMER)) {
            return name;
        }
        var known = new TreeSet<>(sandboxes.consumers());
        keys.list(null).forEach(key -> known.add(key.consumer()));
        known.add(LOCAL_CONSUMER);
        if (known.contains(name)) {
            return name;
        }
        var nearest = Spelling.nearest(name, known);
        throw new SandboxException(
                ErrorCode.UNKNOWN_CONSUMER,
                "unknown consumer " + Spelling.quoted(name) + (nearest.isEmpty() ? ";" : Spelling.didYouMean(nearest))
                        + " `sandboxer keys ls` lists who has a key");
    }

    Home home() {
        return home;
    }

    InstantSource clock() {
        return clock;
    }

    @Override
    public void close() {
        registry.close();
        store.close();
    }
}
