package dev.sandboxer.credentials;

import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class SqliteMasterKeyTest extends MasterKeyContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
