package dev.sandboxer.names;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class PostgresSandboxNamesTest extends SandboxNamesContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
