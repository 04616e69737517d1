package dev.sandboxer.charging;

import dev.sandboxer.testing.SqliteFile;
import dev.sandboxer.testing.TestDatabase;
import java.nio.file.Path;

class SqliteNetworkChargesTest extends NetworkChargesContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
