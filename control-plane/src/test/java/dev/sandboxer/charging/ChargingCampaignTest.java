package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.hubs.HubSettings;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs random histories of charges. {@code -Dsoak.scale=40} makes the run longer, {@code -Dsoak.seed=42} begins at another seed. */
@Tag("campaign")
class ChargingCampaignTest {
    private static final int SCALE = Integer.getInteger("soak.scale", 1);
    private static final long FIRST_SEED = Long.getLong("soak.seed", 1);

    /** Addresses without a listener, so that the events wait. */
    private static final HubSettings HUBS = HubSettings.read(
            Map.of("SANDBOXER_FIN_HUB_URL", "http://127.0.0.1:9/", "SANDBOXER_STATE_HUB_URL", "http://127.0.0.1:9/"));

    @TempDir(factory = MemoryDirectory.class)
    private Path directory;

    @Test
    void all_running_time_is_charged_and_billed_exactly_once_on_sqlite() throws IOException {
        run("SQLite", 24 * SCALE, false, SqliteFile::in);
    }

    @Test
    void nothing_is_charged_twice_when_the_clock_jumps() throws IOException {
        run("SQLite, clock jumps", 16 * SCALE, true, SqliteFile::in);
    }

    @Test
    void all_running_time_is_charged_and_billed_exactly_once_on_postgres() throws IOException {
        run("PostgreSQL", 3 * SCALE, false, home -> PostgresServer.fresh());
    }

    private void run(String name, int rounds, boolean jumps, Function<Path, TestDatabase> database) throws IOException {
        System.out.println(
                "ChargingCampaignTest, " + name + ": seeds " + FIRST_SEED + " to " + (FIRST_SEED + rounds - 1));
        int kills = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + rounds; seed++) {
            var home = Files.createDirectory(directory.resolve(name + seed));
            var in = new TestInstallation(home, database.apply(home));
            in.export(HUBS);
            var history = new ChargingHistory(seed, in, jumps, null);
            try {
                history.run();
                checkSecrets(home);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + history.text(), e);
            }
            kills += history.kills();
        }
        assertThat(kills).as("processes that were killed").isGreaterThan(rounds);
    }

    /** Fails if a secret is in a row, which events are too. */
    private static void checkSecrets(Path home) throws IOException {
        try (var files = Files.list(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.getFileName().toString())
                        .doesNotContain(ChargingHistory.SECRETS);
            }
        }
    }
}
