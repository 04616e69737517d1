package dev.sandboxer.hubs;

import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class SqliteRedeliveryTest extends RedeliveryContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
