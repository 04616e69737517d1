package dev.sandboxer.bench.payments;

import dev.sandboxer.bench.Cleanup;
import dev.sandboxer.bench.Results;
import dev.sandboxer.bench.Workspace;

import dev.sandboxer.bench.Results.Group;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Capture;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.store.Database;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Times the credits of a sandbox: hold, capture and release, one commit each. On SQLite they run one after the other, on PostgreSQL
 * by several clients with a consumer each. The same rounds time as many bare commits of one row.
 */
public final class LedgerRounds implements AutoCloseable {
    public static final String BARE = "three commits of one row, bare SQLite";
    public static final String ON_SQLITE = "hold, capture, release on SQLite";
    public static final String ON_POSTGRES = "these three 64 times, 8 clients, PostgreSQL";

    /** Commits per sandbox: hold, capture and release. */
    public static final int COMMITS = 3;

    public static final int BATCH = 64;
    private static final int CLIENTS = 8;
    private static final Money HELD = Money.parse("0.10");
    private static final Money USED = Money.parse("0.03");

    private final BareCommits bare;
    private final Books sqlite;
    private final Books postgres;
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    private final AtomicLong lives = new AtomicLong();

    /** A ledger and its database. */
    private record Books(Database database, Ledger ledger) {
        static Books open(Database database) {
            var ledger = new Ledger(database, InstantSource.system());
            for (var i = 0; i < CLIENTS; i++) {
                ledger.grant(new Grant.Request(
                        "grant" + i, "team" + i, Grant.Kind.PAID, Money.parse("1000000"), 0, null, "bench"));
            }
            return new Books(database, ledger);
        }

        void life(int client, String sandbox) {
            var consumer = "team" + client;
            var now = Instant.now();
            database.write(handle -> ledger.hold(
                    handle, "hold:" + sandbox, consumer, sandbox, HELD, now.plus(Duration.ofHours(1))));
            var capture = new Capture("capture:" + sandbox, consumer, sandbox, USED, now);
            database.write(handle -> ledger.capture(handle, List.of(capture)));
            database.write(handle -> ledger.release(handle, "release:" + sandbox, sandbox, "ended"));
        }
    }

    /** @param url of an empty PostgreSQL database; null = without */
    public LedgerRounds(String url, Workspace work, Cleanup cleanup) throws Exception {
        cleanup.add("the ledgers", this::close);
        var home = Files.createDirectories(work.resolve("ledger"));
        this.bare = new BareCommits(home.resolve("bare.db"));
        this.sqlite = Books.open(Database.open(home.resolve("sandboxer.db"), Map.of()));
        this.postgres =
                url == null ? null : Books.open(Database.open(home, Map.of("SANDBOXER_DATABASE_URL", url)));
    }

    public void round(Results results) throws Exception {
        results.time(Group.LEDGER, BARE, () -> bare.commit(COMMITS));
        results.time(Group.LEDGER, ON_SQLITE, () -> sqlite.life(0, nextSandbox()));
        if (postgres != null) {
            results.time(Group.LEDGER, ON_POSTGRES, () -> batch(postgres));
        }
    }

    private void batch(Books books) throws Exception {
        var work = new ArrayList<Callable<Boolean>>();
        for (var i = 0; i < CLIENTS; i++) {
            var client = i;
            work.add(() -> {
                for (var n = 0; n < BATCH / CLIENTS; n++) {
                    books.life(client, nextSandbox());
                }
                return true;
            });
        }
        for (var done : clients.invokeAll(work)) {
            done.get();
        }
    }

    private String nextSandbox() {
        return "sandbox" + lives.incrementAndGet();
    }

    private boolean closed;

    @Override
    public synchronized void close() throws Exception {
        if (!closed) {
            closed = true;
            clients.close();
            bare.close();
            sqlite.database().close();
            if (postgres != null) {
                postgres.database().close();
            }
        }
    }
}
