package dev.sandboxer.lifecycle.state;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class PostgresSandboxStoreTest extends SandboxStoreContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
