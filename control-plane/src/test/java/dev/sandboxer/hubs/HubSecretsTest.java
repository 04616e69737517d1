package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.SqliteFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Canary secrets, obvious fakes that must not appear anywhere. */
class HubSecretsTest {
    private static final String KEY = "Y2FuYXJ5LWZha2Utc2lnbmluZy1zZWNyZXQtMDAwMQ==";
    private static final String TOKEN = "canary-fake-query-token";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private Path home;

    @AutoClose
    private final HostileHub hub = new HostileHub();

    @Test
    void secrets_that_a_hub_repeats_get_neither_into_rows_nor_into_answers() throws Exception {
        var clock = new SettableClock(Instant.parse("2026-11-24T12:00:00Z"));
        var settings = HubSettings.read(Map.of(
                "SANDBOXER_FIN_HUB_URL", hub.url() + "?token=" + TOKEN, "SANDBOXER_FIN_HUB_SECRET", "whsec_" + KEY));
        var outbox = new Outbox("installation1", settings, clock);
        var echo = "x".repeat(190) + TOKEN + " " + KEY + " whsec_" + KEY;
        try (var database = SqliteFile.in(home).open();
                var deliveries = new Deliveries(database, settings, clock, new Random(1))) {
            for (String status : List.of("400 Bad", "500 Broken", "200 OK")) {
                hub.answer(status, "X-Echo: " + echo + "\r\n", echo);
                var id = "e" + status.substring(0, 3);
                var event = new HubEvent(id, "dev.sandboxer.x", id, clock.instant(), Map.of("reason", echo));
                database.write(handle -> outbox.add(handle, Hub.FIN_HUB, event, id));
                deliveries.deliverDue(MINUTE);
            }

            assertClean(deliveries.deadLetters(10).toString());
            assertThat(deliveries.deadLetters(10).getFirst().reason()).contains("HTTP 400", "[hid");
            assertClean(deliveries.status().toString());
            assertThat(deliveries.status().getFirst().lastError()).isNotNull();
            assertThat(hub.requests()).hasSize(3).allSatisfy(request -> assertClean(request.body()));
            assertThat(hub.requests().getFirst().line()).contains(TOKEN); // where it belongs
        }
        try (var files = Files.list(home)) {
            for (Path file : files.toList()) {
                assertClean(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
    }

    private static void assertClean(String text) {
        assertThat(text).doesNotContain(KEY, KEY.substring(0, 20), TOKEN, TOKEN.substring(0, 10));
    }
}
