package dev.sandboxer.cli.command;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.config.ConfigFile;
import dev.sandboxer.config.Home;
import dev.sandboxer.routing.ExtensionRegistry;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The installation of this process, opened when a command first needs it. */
public final class Installation implements AutoCloseable {
    private final Home home;
    private final Map<String, String> environment;
    private final Console console;
    private @Nullable Sandboxer open;

    /** @param environment where the platform's credentials may be */
    public Installation(Home home, Map<String, String> environment, Console console) {
        this.home = home;
        this.environment = environment;
        this.console = console;
    }

    /** Opens it, and first settles and reports what interrupted commands have left behind. */
    public synchronized Sandboxer sandboxer() {
        var sandboxer = open;
        if (sandboxer == null) {
            sandboxer = Sandboxer.open(home, environment, InstantSource.system());
            open = sandboxer;
            for (var settled : sandboxer.sandboxes().repair().settleDoubts()) {
                console.note("sandbox " + settled.sandbox() + ": " + settled.text());
            }
        }
        return sandboxer;
    }

    public Home home() {
        return home;
    }

    /** Readable without opening anything. */
    public ConfigFile config() {
        return new ConfigFile(home);
    }

    /** The extensions as far as they need no database: to see what there is and what this host can. */
    public ExtensionRegistry extensions() {
        return new ExtensionRegistry(home.directory(), InstantSource.system());
    }

    /**
     * For a process that is about to end, which threads of the backends would hold up. The database stays open: closing it removes
     * files that can't be made again on a full disk, where a sandbox is still to be destroyed.
     */
    public synchronized void leave() {
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
