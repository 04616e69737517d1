package dev.sandboxer.payments.ledger;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;

class PostgresHoldsTest extends HoldsContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }
}
