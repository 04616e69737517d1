package dev.sandboxer.store;

import static dev.sandboxer.store.Databases.assertFails;
import static dev.sandboxer.store.Databases.ids;
import static dev.sandboxer.store.Databases.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreSpaceTest {
    private static final String LONG = "x".repeat(2000);

    @TempDir
    Path directory;

    @Test
    void a_database_that_cannot_grow_says_that_the_disk_is_full_and_loses_nothing() {
        var file = directory.resolve("sandboxer.db");
        try (var store = Store.open(file)) {
            store.read(handle -> handle.execute("PRAGMA max_page_count = 60"));
            var written = fill(store);

            assertFails(ErrorCode.DISK_FULL, () -> insert(store, LONG + "more"))
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("free some space");
            assertThat(ids(store)).hasSize(written);

            store.read(handle -> handle.execute("PRAGMA max_page_count = 1000000"));
            insert(store, LONG + "more");
            assertThat(ids(store)).hasSize(written + 1);
        }
    }

    @Test
    void a_full_disk_loses_nothing_that_was_committed() throws Exception {
        try (var _ = SmallDisk.on(directory, 1)) {
            var file = directory.resolve("sandboxer.db");
            var ballast = Files.write(directory.resolve("ballast"), new byte[64 * 1024]);
            int written;
            try (var store = Store.open(file)) {
                written = fill(store);
                assertFails(ErrorCode.DISK_FULL, () -> insert(store, LONG + "more"));
                assertThat(ids(store)).hasSize(written);
                Files.delete(ballast);
                insert(store, LONG + "more");
            }
            try (var store = Store.open(file)) {
                assertThat(ids(store)).hasSize(written + 1);
            }
        }
    }

    @Test
    void no_database_can_be_made_on_a_full_disk() throws Exception {
        try (var _ = SmallDisk.on(directory, 1)) {
            fillUp(directory.resolve("ballast"));
            assertFails(ErrorCode.DISK_FULL, () -> Store.open(directory.resolve("sandboxer.db")));

            Files.delete(directory.resolve("ballast"));
            Store.open(directory.resolve("sandboxer.db")).close();
        }
    }

    private static int fill(Store store) {
        for (int i = 0; ; i++) {
            try {
                insert(store, LONG + i);
            } catch (SandboxException e) {
                return i;
            }
        }
    }

    private static void fillUp(Path file) {
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            // full
        }
    }
}
