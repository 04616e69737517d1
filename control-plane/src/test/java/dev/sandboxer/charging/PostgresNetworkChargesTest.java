package dev.sandboxer.charging;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class PostgresNetworkChargesTest extends NetworkChargesContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
