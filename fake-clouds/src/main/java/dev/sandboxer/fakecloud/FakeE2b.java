package dev.sandboxer.fakecloud;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.Home;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.Timeouts;
import dev.sandboxer.server.SandboxerServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Plays an E2B account on this machine: speaks E2B's protocol, runs sandboxes with {@code ext.local}, fails as planned, and
 * ends all its sandboxes when it is closed. Thread-safe.
 */
public final class FakeE2b implements AutoCloseable {
    /** Long enough for a creation, so that what it makes is known and ended too. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final Home home;
    private final Sandboxer installation;
    private final String key;
    private final SandboxerServer server;

    private FakeE2b(Home home, Sandboxer installation, Listen listen, @Nullable String key, FaultPlan plan) {
        this.home = home;
        this.installation = installation;
        this.key = accepted(key);
        this.server = SandboxerServer.start(
                installation,
                listen,
                null,
                DRAIN,
                Timeouts.DEFAULT,
                handler -> new FaultHandler(handler, plan, this::end));
    }

    /**
     * Starts it, and returns when it listens.
     *
     * @param home where it keeps its things; its {@code config.yaml} may hold profiles, which E2B calls templates
     * @param key the API key that it accepts, in E2B's form; null = a new one
     * @throws SandboxException {@code INVALID_ARGUMENT} when the key has a wrong form; when the home or the address can't be used
     */
    public static FakeE2b start(Home home, Listen listen, @Nullable String key, FaultPlan plan, InstantSource clock) {
        // without our environment: a key in there is a client's
        var installation = Sandboxer.open(home, Map.of(), clock);
        try {
            return new FakeE2b(home, installation, listen, key, plan);
        } catch (RuntimeException e) {
            installation.close();
            throw e;
        }
    }

    private String accepted(@Nullable String wanted) {
        if (wanted == null) {
            return installation.keys().create(Sandboxer.LOCAL_CONSUMER).secret();
        }
        if (installation.keys().consumerOf(wanted).isEmpty()) {
            installation.keys().adopt(Sandboxer.LOCAL_CONSUMER, wanted);
        }
        return wanted;
    }

    /** The API key that it accepts. */
    public String key() {
        return key;
    }

    /** Where clients reach it. */
    public String url() {
        return server.url();
    }

    private void end(String id) {
        var sandboxes = installation.sandboxes();
        sandboxes.live().stream()
                .filter(sandbox -> sandbox.value().equals(id))
                .flatMap(sandbox -> sandboxes.find(sandbox).stream())
                .forEach(sandboxes::destroy);
    }

    /**
     * Stops listening and ends all sandboxes.
     *
     * @throws SandboxException {@code BACKEND_FAILED} with a line for each sandbox that is left
     */
    @Override
    public void close() {
        server.close();
        var left = new ArrayList<String>();
        for (var sandbox : installation.sandboxes().list(null, false)) {
            try {
                installation.sandboxes().destroy(sandbox);
            } catch (SandboxException e) {
                left.add(String.valueOf(e.getMessage()));
            }
        }
        installation.close();
        requireNone(left);
    }

    private void requireNone(List<String> left) {
        if (!left.isEmpty()) {
            throw new SandboxException(
                    ErrorCode.BACKEND_FAILED,
                    String.join("\n", left) + "\n" + home.directory() + " is kept, because sandboxes are left in it");
        }
    }
}
