package dev.sandboxer.consumers;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class PostgresApiKeysTest extends ApiKeysContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
