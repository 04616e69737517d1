package dev.sandboxer.hubs;

import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class SqliteConcurrentDeliveriesTest extends ConcurrentDeliveriesContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
