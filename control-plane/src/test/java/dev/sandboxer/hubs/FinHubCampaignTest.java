package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random billing histories. {@code -Dsoak.scale=40} makes a long run, {@code -Dsoak.seed=42} starts at another seed. */
@Tag("campaign")
class FinHubCampaignTest {
    private static final int SCALE = Integer.getInteger("soak.scale", 1);
    private static final long FIRST_SEED = Long.getLong("soak.seed", 1);

    @TempDir(factory = MemoryDirectory.class)
    private Path directory;

    @Test
    void the_hub_ends_up_with_exactly_what_was_consumed_whatever_happens() throws IOException {
        run("SQLite", 16 * SCALE, SqliteFile::in);
    }

    @Test
    void the_hub_ends_up_with_exactly_what_was_consumed_on_postgres_too() throws IOException {
        run("PostgreSQL", 4 * SCALE, home -> PostgresServer.fresh());
    }

    private void run(String name, int rounds, Function<Path, TestDatabase> database) throws IOException {
        System.out.println(
                "FinHubCampaignTest, " + name + ": seeds " + FIRST_SEED + " to " + (FIRST_SEED + rounds - 1));
        int kills = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + rounds; seed++) {
            var home = Files.createDirectory(directory.resolve(name + seed));
            var history = new FinHubHistory(seed, new TestInstallation(home, database.apply(home)));
            try {
                history.run();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + history.text(), e);
            }
            kills += history.kills();
        }
        assertThat(kills).as("processes that were killed while they delivered").isGreaterThan(rounds / 4);
    }
}
