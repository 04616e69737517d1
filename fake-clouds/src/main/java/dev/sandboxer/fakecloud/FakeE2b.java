package dev.sandboxer.fakecloud;

import dev.sandboxer.config.Home;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.Timeouts;
import dev.sandboxer.server.SandboxerServer;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Plays an E2B account on this machine: speaks E2B's protocol, runs sandboxes with {@code ext.local}, fails as planned, and
 * ends all its sandboxes when it is closed. Thread-safe.
 */
public final class FakeE2b implements AutoCloseable {
    /** Long enough for a creation, so that what it makes is known and ended too. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final CloudAccount account;
    private final String key;
    private final SandboxerServer server;

    private FakeE2b(CloudAccount account, Listen listen, @Nullable String key, FaultPlan plan) {
        this.account = account;
        this.key = account.accept(key);
        this.server = SandboxerServer.start(
                account.installation(),
                listen,
                null,
                DRAIN,
                Timeouts.DEFAULT,
                handler -> new FaultHandler(handler, plan, account::end));
    }

    /**
     * Starts it, and returns when it listens.
     *
     * @param home where it keeps its things; its {@code config.yaml} may hold profiles, which E2B calls templates
     * @param key the API key that it accepts, in E2B's form; null = a new one
     * @throws SandboxException {@code INVALID_ARGUMENT} when the key has a wrong form; when the home or the address can't be used
     */
    public static FakeE2b start(Home home, Listen listen, @Nullable String key, FaultPlan plan, InstantSource clock) {
        var account = CloudAccount.open(home, clock);
        try {
            return new FakeE2b(account, listen, key, plan);
        } catch (RuntimeException e) {
            account.close();
            throw e;
        }
    }

    /** The API key that it accepts. */
    public String key() {
        return key;
    }

    /** Where clients reach it. */
    public String url() {
        return server.url();
    }

    /**
     * Stops listening and ends all sandboxes.
     *
     * @throws SandboxException {@code BACKEND_FAILED} with a line for each sandbox that is left
     */
    @Override
    public void close() {
        server.close();
        account.close();
    }
}
