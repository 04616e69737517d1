package dev.sandboxer.consumers;

import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class SqliteConsumersTest extends ConsumersContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
