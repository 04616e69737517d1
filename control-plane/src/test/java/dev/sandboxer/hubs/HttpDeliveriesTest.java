package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.SqliteFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An event from end to end: from a transaction to a hostile hub. */
class HttpDeliveriesTest {
    private static final long SEED = Long.getLong("soak.seed", 20_261_124);
    private static final int EVENTS = 300;
    private static final int KEYS = 12;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String SECRET = "whsec_ZmFrZS1zZWNyZXQtb2YtaHR0cC1kZWxpdmVyaWVz";

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    @AutoClose
    private final HostileHub hub = new HostileHub();

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-24T12:00:00Z"));
    private final Random random = new Random(SEED);

    @Test
    void a_hostile_hub_ends_up_with_every_event_once_and_in_order() throws Exception {
        System.out.println("HttpDeliveriesTest: seed " + SEED);
        var settings = HubSettings.read(
                Map.of("SANDBOXER_FIN_HUB_URL", hub.url().toString(), "SANDBOXER_FIN_HUB_SECRET", SECRET));
        var outbox = new Outbox("installation1", settings, clock);
        var expected = new LinkedHashMap<String, List<String>>();
        var receiver = new HostileReceiver(SECRET, clock, random);
        hub.behave(receiver);
        try (var database = SqliteFile.in(home).open();
                var deliveries = new Deliveries(database, settings, clock, random)) {
            for (int i = 0; i < EVENTS; i++) {
                var id = "e" + i;
                var key = "k" + i % KEYS;
                expected.computeIfAbsent(key, k -> new ArrayList<>()).add(id);
                var event = new HubEvent(id, "dev.sandboxer.x", key, clock.instant(), Map.of("number", i));
                database.write(handle -> outbox.add(handle, Hub.FIN_HUB, event, key));
            }
            for (int round = 0; deliveries.deliverDue(MINUTE).left() > 0; round++) {
                assertThat(round).as("rounds").isLessThan(1_000);
                clock.advance(MINUTE);
            }
            assertThat(deliveries.deadLetters(10)).isEmpty();
        }
        assertThat(receiver.problems()).isEmpty();
        assertThat(receiver.received()).isEqualTo(expected);
        assertThat(hub.requests().size())
                .as("some events arrived more than once")
                .isGreaterThan(EVENTS);
    }
}
