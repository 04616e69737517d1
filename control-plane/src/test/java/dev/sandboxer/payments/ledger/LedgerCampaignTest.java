package dev.sandboxer.payments.ledger;

import dev.sandboxer.testing.MemoryDirectory;
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

/** Runs random histories of the ledger. {@code -Dsoak.scale=40} makes the run longer, {@code -Dsoak.seed=42} begins at another seed. */
@Tag("campaign")
class LedgerCampaignTest {
    private static final int SCALE = Integer.getInteger("soak.scale", 1);
    private static final long FIRST_SEED = Long.getLong("soak.seed", 1);

    @TempDir(factory = MemoryDirectory.class)
    Path directory;

    @Test
    void concurrent_commands_have_the_same_effect_as_in_the_model_on_sqlite() throws IOException {
        run("SQLite", 4 * SCALE, SqliteFile::in);
    }

    @Test
    void concurrent_commands_have_the_same_effect_as_in_the_model_on_postgres() throws IOException {
        run("PostgreSQL", 2 * SCALE, home -> PostgresServer.fresh());
    }

    private void run(String name, int rounds, Function<Path, TestDatabase> database) throws IOException {
        System.out.println("LedgerCampaignTest, " + name + ": seeds " + FIRST_SEED + " to " + (FIRST_SEED + rounds - 1)
                + ", " + rounds * LedgerHistory.commands() + " commands");
        for (long seed = FIRST_SEED; seed < FIRST_SEED + rounds; seed++) {
            var home = Files.createDirectory(directory.resolve(name + seed));
            var history = new LedgerHistory(seed, database.apply(home));
            try {
                history.run();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + history.text(), e);
            }
        }
    }
}
