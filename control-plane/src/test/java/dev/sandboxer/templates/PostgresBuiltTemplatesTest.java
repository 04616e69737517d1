package dev.sandboxer.templates;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class PostgresBuiltTemplatesTest extends BuiltTemplatesContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
