package dev.sandboxer.hubs;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class PostgresDeliveriesTest extends DeliveriesContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
