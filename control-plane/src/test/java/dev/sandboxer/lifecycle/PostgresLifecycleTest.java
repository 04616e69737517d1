package dev.sandboxer.lifecycle;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import org.junit.jupiter.api.Nested;

/** The guarantees of the state machine, on a database with several writers. */
class PostgresLifecycleTest {
    @Nested
    class Creation extends CreateTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }

    @Nested
    class Idempotency extends IdempotencyTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }

    @Nested
    class Changes extends TransitionsTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }

    @Nested
    class Repairs extends RepairTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }

    @Nested
    class StaleDecisions extends StaleDecisionTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }

    @Nested
    class Concurrency extends ConcurrencyTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }

    @Nested
    class Lookup extends SandboxLookupTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }

    @Nested
    class Fallbacks extends FallbackTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }

    @Nested
    class UnknownOutcomes extends UnknownOutcomeTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }

    @Nested
    class Snapshots extends KeyedSnapshotTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }

    @Nested
    class Quotas extends QuotaTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }

    @Nested
    class Histories extends AccountHistoryTest {
        @Override
        TestDatabase database() {
            return PostgresServer.fresh();
        }
    }
}
