package dev.sandboxer.hubs;

import dev.sandboxer.hubs.Deliveries.Report;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Base of the contracts of the outbox and its deliveries: two hubs and an empty database for each test. */
abstract class DeliveriesFixture {
    static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    static final Duration MINUTE = Duration.ofSeconds(60);
    private static final HubSettings BOTH = HubSettings.read(Map.of(
            "SANDBOXER_FIN_HUB_URL", "http://127.0.0.1:9/fin", "SANDBOXER_STATE_HUB_URL", "http://127.0.0.1:9/state"));

    final SettableClock clock = new SettableClock(NOON);
    final FakeHub fin = new FakeHub();
    final FakeHub state = new FakeHub();
    final Outbox outbox = new Outbox("installation1", BOTH, clock);

    @TempDir
    private Path home;

    private TestDatabase place;
    Database database;
    Deliveries deliveries;

    /** Returns an empty database for one test. */
    abstract TestDatabase database(Path home);

    @BeforeEach
    void open() {
        place = database(home);
        database = place.open();
        deliveries = deliveries(database, 16);
    }

    @AfterEach
    void close() {
        database.close();
    }

    final Database openAgain() {
        return place.open();
    }

    final Deliveries deliveries(Database on, int parallel) {
        return new Deliveries(
                on, Map.of(Hub.FIN_HUB, fin, Hub.STATE_HUB, state), List.of(), clock, new Random(1), parallel);
    }

    final void add(String id, String key) {
        database.write(handle -> outbox.add(handle, Hub.FIN_HUB, event(id, key), key));
    }

    static HubEvent event(String id, String subject) {
        return new HubEvent(id, "dev.sandboxer.test", subject, NOON, Map.of("id", id));
    }

    final Report deliver() {
        return deliveries.deliverDue(MINUTE);
    }
}
