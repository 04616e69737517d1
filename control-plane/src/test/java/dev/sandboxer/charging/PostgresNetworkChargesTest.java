package dev.sandboxer.charging;

import dev.sandboxer.testing.PostgresServer;
import dev.sandboxer.testing.TestDatabase;
import java.nio.file.Path;

class PostgresNetworkChargesTest extends NetworkChargesContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
