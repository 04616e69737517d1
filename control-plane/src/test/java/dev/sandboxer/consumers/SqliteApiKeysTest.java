package dev.sandboxer.consumers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteApiKeysTest extends ApiKeysContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }

    @Test
    void the_key_itself_is_in_no_file(@TempDir Path home) throws IOException {
        String random;
        try (var database = database(home).open()) {
            var clock = new SettableClock(Instant.EPOCH);
            var secret = new ApiKeys(database, new Consumers(database, clock), clock)
                    .create("local")
                    .secret();
            random = secret.substring("e2b_".length());
        }

        var files = files(home);
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            var content = new String(Files.readAllBytes(file), ISO_8859_1).toLowerCase(Locale.ROOT);
            assertThat(content).as(file.toString()).doesNotContain(random).doesNotContain(random.substring(6));
        }
    }

    private static List<Path> files(Path home) throws IOException {
        try (var all = Files.walk(home)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
