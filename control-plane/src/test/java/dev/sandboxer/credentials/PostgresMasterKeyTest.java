package dev.sandboxer.credentials;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class PostgresMasterKeyTest extends MasterKeyContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
