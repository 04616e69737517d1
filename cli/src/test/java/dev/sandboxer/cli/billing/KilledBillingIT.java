package dev.sandboxer.cli.billing;

import dev.sandboxer.hubs.HostileHub;
import dev.sandboxer.testing.databases.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The bill when servers are killed and the fin-hub has every fault that hubs have shown. {@code -Dsoak.scale=40} runs longer,
 * {@code -Dsoak.seed=42} begins at another seed. The seed chooses everything except the order of concurrent events.
 */
@Tag("campaign")
class KilledBillingIT {
    /** A round takes half a minute. */
    private static final int ROUNDS = Math.max(1, Integer.getInteger("soak.scale", 1) / 4);

    private static final long FIRST_SEED = Long.getLong("soak.seed", 1);

    @Test
    void whenever_a_server_is_killed_the_hub_has_in_the_end_exactly_what_was_consumed() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
            run(seed, 1, Map.of());
        }
    }

    @Test
    void whichever_of_two_servers_is_killed_the_hub_has_exactly_what_was_consumed() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
            run(seed, 2, Map.of("SANDBOXER_DATABASE_URL", PostgresServer.get().empty()));
        }
    }

    private static void run(long seed, int servers, Map<String, String> environment) throws Exception {
        System.out.println("KilledBillingIT: seed " + seed + ", servers: " + servers);
        try (var hub = new HostileHub();
                var history = new KilledBillingHistory(seed, servers, hub, environment)) {
            try {
                history.run();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + history.text(), e);
            }
            System.out.println("KilledBillingIT: " + history.summary());
        }
    }
}
