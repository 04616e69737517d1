package dev.sandboxer.lifecycle.crash;

import dev.sandboxer.testing.MemoryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dsoak.scale=40} for a long run, {@code -Dsoak.seed=42} to begin at another seed. */
@Tag("campaign")
class CrashCampaignTest {
    private static final int ROUNDS = 40 * Integer.getInteger("soak.scale", 1);
    private static final long FIRST_SEED = Long.getLong("soak.seed", 1);

    @TempDir(factory = MemoryDirectory.class)
    Path directory;

    @Test
    void whatever_happens_repair_leaves_nothing_over() throws IOException {
        System.out.println("CrashCampaignTest: seeds " + FIRST_SEED + " to " + (FIRST_SEED + ROUNDS - 1));
        for (long seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
            var home = Files.createDirectory(directory.resolve("seed" + seed));
            var history = new RandomHistory(seed, home);
            try {
                history.run();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + history.text(), e);
            }
        }
    }
}
