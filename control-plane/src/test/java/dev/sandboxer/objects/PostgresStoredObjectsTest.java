package dev.sandboxer.objects;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class PostgresStoredObjectsTest extends StoredObjectsContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
