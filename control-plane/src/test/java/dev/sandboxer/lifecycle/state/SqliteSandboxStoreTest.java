package dev.sandboxer.lifecycle.state;

import dev.sandboxer.testing.SqliteFile;
import dev.sandboxer.testing.TestDatabase;
import java.nio.file.Path;

class SqliteSandboxStoreTest extends SandboxStoreContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
