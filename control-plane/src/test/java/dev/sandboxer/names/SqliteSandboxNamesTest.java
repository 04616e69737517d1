package dev.sandboxer.names;

import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class SqliteSandboxNamesTest extends SandboxNamesContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
