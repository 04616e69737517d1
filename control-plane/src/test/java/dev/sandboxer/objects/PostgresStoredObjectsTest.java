package dev.sandboxer.objects;

import dev.sandboxer.testing.PostgresServer;
import dev.sandboxer.testing.TestDatabase;
import java.nio.file.Path;

class PostgresStoredObjectsTest extends StoredObjectsContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
