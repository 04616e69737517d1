package dev.sandboxer.payments.ledger;

import dev.sandboxer.store.Database;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One or two servers of one ledger, with a clock. Commits of chosen threads fail before or after they take effect. */
final class LedgerServers {
    static final Instant START = Instant.parse("2026-11-29T21:00:00Z");

    /** A commit that failed before or after it took effect. */
    static final class Cut extends Error {
        private static final long serialVersionUID = 1;
    }

    private final TestDatabase place;
    private final SettableClock clock = new SettableClock(START);
    private final ThreadLocal<@Nullable SplittableRandom> danger = new ThreadLocal<>();
    private final List<Database> databases = new ArrayList<>();
    private final List<Ledger> ledgers = new ArrayList<>();

    LedgerServers(TestDatabase place) {
        this.place = place;
    }

    /** Starts two servers if the database can be shared, otherwise one. */
    void start() {
        do {
            var database = place.watched(this::perhapsCut, sql -> {});
            databases.add(database);
            ledgers.add(new Ledger(database, clock));
        } while (databases.size() < 2 && databases.getFirst().isShared());
    }

    void stop() {
        databases.forEach(Database::close);
        databases.clear();
        ledgers.clear();
    }

    SettableClock clock() {
        return clock;
    }

    /** Returns the ledger of the first server. */
    Ledger ledger() {
        return ledgers.getFirst();
    }

    /** Advances the clock, and releases the holds that are then overdue. */
    void pass(Duration time) {
        clock.advance(time);
        ledgers.forEach(ledger -> ledger.releaseOverdue(sandbox -> true));
    }

    /** Gives a command to one of the servers. */
    void give(LedgerCommand command, SplittableRandom random) {
        int server = random.nextInt(ledgers.size());
        command.on(ledgers.get(server), databases.get(server));
    }

    /** Makes some commits of this thread fail from now on; null = none. */
    void cutCommits(@Nullable SplittableRandom random) {
        danger.set(random);
    }

    private void perhapsCut(String boundary) {
        var inDanger = danger.get();
        if (inDanger != null && inDanger.nextInt(12) == 0) {
            throw new Cut();
        }
    }

    /** Fails if the ledger's rows contradict each other. */
    void audit() {
        LedgerAudit.of(databases.getFirst()).check();
    }
}
