package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.SqliteFile;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The whole way, from a transaction to a hub that does all that hubs have been seen to do. */
class HttpDeliveriesTest {
    private static final long SEED = Long.getLong("soak.seed", 20_261_124);
    private static final int EVENTS = 300;
    private static final int KEYS = 12;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String SECRET = "whsec_ZmFrZS1zZWNyZXQtb2YtaHR0cC1kZWxpdmVyaWVz";
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    @AutoClose
    private final HostileHub hub = new HostileHub();

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-24T12:00:00Z"));
    private final StandardWebhooks receiver = StandardWebhooks.of(SECRET);
    private final Random random = new Random(SEED);

    /** What the receiver has by subject, in the order in which it came, and the body under which it first came. */
    private final Map<String, List<String>> received = new HashMap<>();

    private final Map<String, String> bodies = new HashMap<>();

    @Test
    void a_hostile_hub_ends_up_with_every_event_once_and_in_order() throws Exception {
        System.out.println("HttpDeliveriesTest: seed " + SEED);
        var settings = HubSettings.read(
                Map.of("SANDBOXER_FIN_HUB_URL", hub.url().toString(), "SANDBOXER_FIN_HUB_SECRET", SECRET));
        var outbox = new Outbox("installation1", settings, clock);
        var expected = new LinkedHashMap<String, List<String>>();
        hub.behave(this::hostile);
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
        assertThat(received).isEqualTo(expected);
        assertThat(hub.requests().size()).as("some events came more than once").isGreaterThan(EVENTS);
    }

    private void hostile(Socket socket, HostileHub.Request request) throws IOException, InterruptedException {
        int choice;
        boolean known;
        synchronized (this) {
            choice = random.nextInt(20);
            var takes = choice < 14 && verified(request);
            known = takes && !take(request);
        }
        switch (choice) {
            case 0 -> {} // takes it, and drops the answer
            case 1 -> HostileHub.write(socket, "HTTP/1.1 2"); // and breaks off
            case 2 -> HostileHub.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx");
            case 3 -> HostileHub.answer(socket, "200 OK", "x".repeat(100_000));
            case 4 -> {
                Thread.sleep(20);
                HostileHub.answer(socket, "202 Accepted", "late");
            }
            case 14 -> HostileHub.answer(socket, "500 Internal Server Error", "broken");
            case 15 ->
                HostileHub.write(
                        socket, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n");
            case 16 -> socket.setSoLinger(true, 0); // resets the connection
            case 17 -> HostileHub.write(socket, "nonsense\r\n\r\n");
            case 18 -> HostileHub.answer(socket, "408 Request Timeout", "");
            case 19 -> HostileHub.answer(socket, "503 Service Unavailable", "x".repeat(100_000));
            default -> {
                if (!known) {
                    HostileHub.answer(socket, "204 No Content", "");
                } else if (choice % 2 == 0) {
                    HostileHub.answer(socket, "409 Conflict", "seen");
                } else {
                    HostileHub.answer(
                            socket,
                            "422 Unprocessable Entity",
                            "{\"error_details\":{\"transaction_id\":[\"value_already_exist\"]}}");
                }
            }
        }
    }

    private boolean verified(HostileHub.Request request) {
        var headers = request.headers();
        var body = request.body().getBytes(StandardCharsets.UTF_8);
        var good = receiver.verify(
                headers.get(StandardWebhooks.ID_HEADER),
                headers.get(StandardWebhooks.TIMESTAMP_HEADER),
                headers.get(StandardWebhooks.SIGNATURE_HEADER),
                body,
                clock.instant());
        if (!good) {
            throw new IllegalStateException("badly signed: " + request);
        }
        return true;
    }

    /** Returns false if it has the event already, which has to be the same then. */
    private boolean take(HostileHub.Request request) {
        var id = Objects.requireNonNull(request.headers().get("idempotency-key"));
        var before = bodies.putIfAbsent(id, request.body());
        if (before != null) {
            assertThat(request.body()).isEqualTo(before);
            return false;
        }
        var subject = JSON.readTree(request.body()).get("subject").asString();
        received.computeIfAbsent(subject, key -> new ArrayList<>()).add(id);
        return true;
    }
}
