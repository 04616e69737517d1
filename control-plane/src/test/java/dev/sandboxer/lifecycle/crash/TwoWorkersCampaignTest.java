package dev.sandboxer.lifecycle.crash;

import dev.sandboxer.charging.ChargeAudit;
import dev.sandboxer.charging.ChargingHistory;
import dev.sandboxer.payments.ledger.CreditTerms;
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

/** {@code -Dsoak.scale=40} for a long run, {@code -Dsoak.seed=42} to begin at another seed. */
@Tag("campaign")
class TwoWorkersCampaignTest {
    private static final int SCALE = Integer.getInteger("soak.scale", 1);
    private static final long FIRST_SEED = Long.getLong("soak.seed", 1);

    @TempDir(factory = MemoryDirectory.class)
    Path directory;

    @Test
    void whatever_happens_to_servers_that_share_a_file_repair_leaves_nothing_over() throws IOException {
        run("SQLite", 40 * SCALE, SqliteFile::in);
    }

    @Test
    void whatever_happens_to_servers_that_share_a_database_server_repair_leaves_nothing_over() throws IOException {
        run("PostgreSQL", 10 * SCALE, home -> PostgresServer.fresh());
    }

    private void run(String name, int rounds, Function<Path, TestDatabase> database) throws IOException {
        System.out.println(
                "TwoWorkersCampaignTest, " + name + ": seeds " + FIRST_SEED + " to " + (FIRST_SEED + rounds - 1));
        for (long seed = FIRST_SEED; seed < FIRST_SEED + rounds; seed++) {
            var home = Files.createDirectory(directory.resolve(name + seed));
            var in = new TestInstallation(home, database.apply(home));
            charge(in);
            var history = new SharedHistory(seed, in);
            try {
                history.run();
                audit(in);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + history.text(), e);
            }
        }
    }

    /** Sets prices for sandboxes, and credit that always suffices. */
    private static void charge(TestInstallation in) {
        ChargingHistory.charge(in);
        try (var process = in.start()) {
            process.ledger().changeTerms(TestInstallation.ME, terms -> CreditTerms.UNLIMITED);
        }
    }

    private static void audit(TestInstallation in) {
        try (var process = in.start()) {
            ChargeAudit.of(process.database()).check();
        }
    }
}
