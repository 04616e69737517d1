package dev.sandboxer.lifecycle.state;

import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class SqliteSandboxStoreTest extends SandboxStoreContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
