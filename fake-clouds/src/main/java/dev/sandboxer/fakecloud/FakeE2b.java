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
 * A fake E2B account on this machine: speaks E2B's protocol, runs sandboxes with {@code ext.local}, and injects planned
 * faults. Closing it destroys all its sandboxes. Thread-safe.
 */
public final class FakeE2b implements AutoCloseable {
    /** Long enough for a creation to finish, so that its sandbox is destroyed too. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final CloudAccount account;
    private final String key;
    private final SandboxerServer server;

    private FakeE2b(CloudAccount account, Listen listen, @Nullable String key, FaultPlan plan) {
        this.account = account;
        this.key = account.acceptKey(key);
        this.server = SandboxerServer.start(
                account.installation(),
                listen,
                null,
                DRAIN,
                Timeouts.DEFAULT,
                handler -> new FaultHandler(handler, plan, account::destroy));
    }

    /**
     * Starts the server and returns when it listens.
     *
     * @param home the server's home directory; its {@code config.yaml} may have profiles, which E2B calls templates
     * @param key the API key that the server accepts, in E2B's form; null = a new one
     * @throws SandboxException {@code INVALID_ARGUMENT} when the key is malformed; also when the home or the address
     *     can't be used
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

    /** Returns the API key that the server accepts. */
    public String key() {
        return key;
    }

    /** Returns the server's address. */
    public String url() {
        return server.url();
    }

    /**
     * Stops the server and destroys all sandboxes.
     *
     * @throws SandboxException {@code BACKEND_FAILED} with a line for each sandbox that could not be destroyed
     */
    @Override
    public void close() {
        server.close();
        account.close();
    }
}
