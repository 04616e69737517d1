package dev.sandboxer.names;

import dev.sandboxer.testing.SqliteFile;
import dev.sandboxer.testing.TestDatabase;
import java.nio.file.Path;

class SqliteSandboxNamesTest extends SandboxNamesContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
