package dev.sandboxer.charging;

import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class SqliteNetworkChargesTest extends NetworkChargesContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
