package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.charging.ChargeAudit;
import dev.sandboxer.charging.ChargingHistory;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A charge from end to end: from running sandboxes to a hostile fin-hub. */
class HttpBillTest {
    private static final long SEED = Long.getLong("soak.seed", 20_261_130);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int MAX_POINTS = 30;
    private static final String SECRET = "whsec_ZmFrZS1zZWNyZXQtb2YtaHR0cC1kZWxpdmVyaWVz";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    @AutoClose
    private final HostileHub hub = new HostileHub();

    @Test
    void a_hostile_hub_ends_up_with_exactly_what_was_consumed() {
        System.out.println("HttpBillTest: seed " + SEED);
        var random = new Random(SEED);
        var settings = HubSettings.read(
                Map.of("SANDBOXER_FIN_HUB_URL", hub.url().toString(), "SANDBOXER_FIN_HUB_SECRET", SECRET));
        var in = new TestInstallation(home);
        in.export(settings);
        var receiver = new HostileReceiver(SECRET, in.clock(), random);
        hub.behave(receiver);
        var history = new ChargingHistory(
                SEED,
                in,
                false,
                dice -> in.inKilledControlPlane(dice.nextInt(1, MAX_POINTS), process -> {
                    try (var deliveries = new Deliveries(process.database(), settings, in.clock(), random)) {
                        deliveries.deliverDue(MINUTE);
                    }
                }));
        history.run();
        try (var process = in.start();
                var deliveries = new Deliveries(process.database(), settings, in.clock(), random)) {
            for (int round = 0; deliveries.deliverDue(MINUTE).left() > 0; round++) {
                assertThat(round).as("rounds").isLessThan(1_000);
                in.clock().advance(MINUTE);
            }
            assertThat(deliveries.deadLetters(10)).isEmpty();
            assertThat(receiver.problems()).isEmpty();
            var bodies = receiver.bodies().values().stream().map(JSON::readTree).toList();
            assertThat(ChargeAudit.byDay(bodies))
                    .as("what the hub has")
                    .isNotEmpty()
                    .isEqualTo(ChargeAudit.of(process.database()).spentByDay());
        }
    }
}
