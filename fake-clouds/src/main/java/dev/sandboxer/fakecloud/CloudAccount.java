package dev.sandboxer.fakecloud;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.Home;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The installation behind a fake cloud. Closing it destroys all its sandboxes. Thread-safe. */
public final class CloudAccount implements AutoCloseable {
    private final Home home;
    private final Sandboxer installation;

    private CloudAccount(Home home, Sandboxer installation) {
        this.home = home;
        this.installation = installation;
    }

    /**
     * Opens the installation in a home.
     *
     * @throws SandboxException when the home can't be used
     */
    public static CloudAccount open(Home home, InstantSource clock) {
        // the environment is empty, because a key in this process's environment belongs to a client of the fake cloud
        return new CloudAccount(home, Sandboxer.open(home, Map.of(), clock));
    }

    public Sandboxer installation() {
        return installation;
    }

    /**
     * Makes an API key valid.
     *
     * @param wanted null = a new key
     * @return the key
     * @throws SandboxException {@code INVALID_ARGUMENT} when the key is malformed
     */
    public String acceptKey(@Nullable String wanted) {
        if (wanted == null) {
            return installation.keys().create(Sandboxer.LOCAL_CONSUMER).secret();
        }
        if (installation.keys().consumerOf(wanted).isEmpty()) {
            installation.keys().adopt(Sandboxer.LOCAL_CONSUMER, wanted);
        }
        return wanted;
    }

    /** Destroys a sandbox, if it is alive. */
    public void destroy(String id) {
        var sandboxes = installation.sandboxes();
        sandboxes.live().stream()
                .filter(sandbox -> sandbox.value().equals(id))
                .flatMap(sandbox -> sandboxes.find(sandbox).stream())
                .forEach(sandboxes::destroy);
    }

    /**
     * Destroys all sandboxes.
     *
     * @throws SandboxException {@code BACKEND_FAILED} with a line for each sandbox that could not be destroyed
     */
    @Override
    public void close() {
        var left = new ArrayList<String>();
        for (var sandbox : installation.sandboxes().list(null, false)) {
            try {
                installation.sandboxes().destroy(sandbox);
            } catch (SandboxException e) {
                left.add(String.valueOf(e.getMessage()));
            }
        }
        installation.close();
        failIfAny(left);
    }

    private void failIfAny(List<String> left) {
        if (!left.isEmpty()) {
            throw new SandboxException(
                    ErrorCode.BACKEND_FAILED,
                    String.join("\n", left) + "\n" + home.directory()
                            + " is kept, because it has sandboxes that could not be destroyed");
        }
    }
}
