package dev.sandboxer.payments.ledger;

import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class SqliteHoldsTest extends HoldsContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
