package dev.sandboxer.payments.ledger;

import dev.sandboxer.testing.SqliteFile;
import dev.sandboxer.testing.TestDatabase;
import java.nio.file.Path;

class SqliteHoldsTest extends HoldsContract {
    @Override
    TestDatabase database(Path home) {
        return SqliteFile.in(home);
    }
}
