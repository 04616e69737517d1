package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random delivery histories. {@code -Dsoak.scale=40} makes a long run, {@code -Dsoak.seed=42} starts at another seed. */
@Tag("campaign")
class DeliveryCampaignTest {
    private static final int ROUNDS = 30 * Integer.getInteger("soak.scale", 1);
    private static final int POSTGRES_ROUNDS = Math.max(1, ROUNDS / 6);
    private static final long FIRST_SEED = Long.getLong("soak.seed", 1);

    @TempDir(factory = MemoryDirectory.class)
    private Path directory;

    /** Creates an empty database. */
    private interface Places {
        TestDatabase make(long seed) throws Exception;
    }

    @Test
    void the_hub_gets_all_committed_events_in_order_whatever_happens() throws Exception {
        run(ROUNDS, seed -> SqliteFile.in(Files.createDirectory(directory.resolve("seed" + seed))));
    }

    @Test
    void the_hub_gets_all_committed_events_in_order_on_postgres_too() throws Exception {
        run(POSTGRES_ROUNDS, seed -> PostgresServer.fresh());
    }

    private static void run(int rounds, Places places) throws Exception {
        System.out.println("DeliveryCampaignTest: seeds " + FIRST_SEED + " to " + (FIRST_SEED + rounds - 1));
        int kills = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + rounds; seed++) {
            var history = new DeliveryHistory(seed, places.make(seed));
            try {
                history.run();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + history.text(), e);
            }
            kills += history.kills();
        }
        assertThat(kills).as("processes that were killed").isGreaterThan(rounds / 2);
    }
}
