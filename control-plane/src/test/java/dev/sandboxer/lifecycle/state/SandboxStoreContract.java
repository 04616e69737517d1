package dev.sandboxer.lifecycle.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** The guarantees of {@link SandboxStore}, on every database, that the lifecycle tests don't cover. */
abstract class SandboxStoreContract {
    @TempDir
    Path home;

    /** Returns an empty database for one test. */
    abstract TestDatabase database(Path home);

    @RepeatedTest(10)
    void of_many_simultaneous_first_uses_one_names_the_installation() throws Exception {
        var place = database(home);
        try (var one = place.open();
                var other = place.open()) {
            var ids = Concurrently.run(6, i -> new SandboxStore(i % 2 == 0 ? one : other).installation());

            assertThat(ids).containsOnly(ids.getFirst());
            List<String> rows = one.read(handle -> handle.createQuery("SELECT id FROM installation")
                    .mapTo(String.class)
                    .list());
            assertThat(rows).containsExactly(ids.getFirst());
        }
    }
}
