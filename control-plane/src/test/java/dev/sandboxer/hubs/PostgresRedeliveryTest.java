package dev.sandboxer.hubs;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class PostgresRedeliveryTest extends RedeliveryContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
