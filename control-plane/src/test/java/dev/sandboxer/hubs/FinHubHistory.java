package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.charging.ChargeAudit;
import dev.sandboxer.charging.ChargingHistory;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.CrashPoints;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A {@link ChargingHistory} whose events go to a hostile fin-hub. The seed determines everything except thread scheduling. */
final class FinHubHistory {
    static final HubSettings SETTINGS = HubSettings.read(Map.of("SANDBOXER_FIN_HUB_URL", "http://127.0.0.1:9/fin"));

    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int MAX_POINTS = 16;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TestInstallation in;
    private final FakeHub hub = new FakeHub();
    private final ChargingHistory history;
    private final Random dice;
    private int kills;

    FinHubHistory(long seed, TestInstallation in) {
        this.in = in;
        this.dice = new Random(seed);
        in.export(SETTINGS);
        this.history = new ChargingHistory(seed, in, false, this::step);
    }

    String text() {
        return history.text();
    }

    /** Returns how many processes were killed during a delivery. */
    int kills() {
        return kills;
    }

    /** Fails unless hub and ledger agree in the end, for each consumer and day. */
    void run() {
        history.run();
        hub.heal();
        deliverAll();
        try (var process = in.start()) {
            var audit = ChargeAudit.of(process.database());
            var bodies = hub.acceptedBodies().stream().map(JSON::readTree).toList();
            assertThat(ChargeAudit.byDay(bodies)).as("what the hub has").isEqualTo(audit.spentByDay());
            assertThat(bodies).as("events").hasSameSizeAs(outbox(process.database()));
        }
    }

    private static List<String> outbox(Database database) {
        return database.read(handle ->
                handle.createQuery("SELECT id FROM outbox").mapTo(String.class).list());
    }

    private void deliverAll() {
        for (int i = 0; i < 60; i++) {
            try (var process = in.start();
                    var deliveries = deliveries(process)) {
                deliveries.requeueAll();
                if (deliveries.deliverDue(WITHIN).left() == 0
                        && deliveries.deadLetters(1).isEmpty()) {
                    return;
                }
            }
            in.clock().advance(Duration.ofMinutes(30));
        }
        throw new AssertionError("events are left");
    }

    private void step(SplittableRandom random) {
        switch (random.nextInt(5)) {
            case 0 -> changeHub(random);
            case 1, 2 -> deliverAndDie(random);
            case 3 -> deliverTogether();
            default -> {
                var away = Duration.ofSeconds(random.nextInt(60, 10_000));
                history.tell("the hub is down for " + away);
                hub.fail();
                try (var process = in.start();
                        var deliveries = deliveries(process)) {
                    deliveries.deliverDue(WITHIN);
                }
                in.clock().advance(away);
            }
        }
    }

    private Deliveries deliveries(ControlPlane process) {
        return new Deliveries(
                process.database(),
                Map.of(Hub.FIN_HUB, this::send),
                List.of(),
                in.clock(),
                new Random(dice.nextLong()),
                1 + dice.nextInt(8));
    }

    /** A killed worker ends silently; the thread that waits for it dies at the next commit. */
    private Answer send(String id, String body) throws InterruptedException {
        try {
            in.crashes().pass("SEND before");
            var answer = hub.send(id, body);
            in.crashes().pass("SEND after");
            return answer;
        } catch (CrashPoints.Crash e) {
            throw new InterruptedException(e.getMessage());
        }
    }

    private void deliverAndDie(SplittableRandom random) {
        var point = random.nextInt(1, 2 * MAX_POINTS);
        var death = in.inKilledControlPlane(point < MAX_POINTS ? point : Integer.MAX_VALUE, process -> {
            try (var deliveries = deliveries(process)) {
                deliveries.deliverDue(WITHIN);
            }
        });
        death.ifPresent(it -> kills++);
        history.tell("deliver" + death.map(text -> ", " + text).orElse(""));
    }

    /** Delivers from two servers on one database. */
    private void deliverTogether() {
        history.tell("deliver by two");
        try (var one = in.start();
                var other = in.start();
                var ofOne = deliveries(one);
                var ofOther = deliveries(other)) {
            var both = List.of(ofOne, ofOther);
            Concurrently.run(2, number -> both.get(number).deliverDue(WITHIN));
        } catch (Exception e) {
            throw new AssertionError("deliveries failed", e);
        }
    }

    private void changeHub(SplittableRandom random) {
        var refusing = random.nextInt(15);
        var failing = random.nextInt(60);
        var dropping = random.nextInt(30);
        history.tell(
                "hub refuses " + refusing + " %, fails " + failing + " %, drops " + dropping + " % of its answers");
        hub.answer(id -> answer(id, refusing, failing, dropping));
    }

    private Answer answer(String id, int refusing, int failing, int dropping) {
        synchronized (dice) {
            if (dice.nextInt(100) < refusing) {
                return new Answer.Refused("HTTP 400: refused");
            }
            if (dice.nextInt(100) < failing) {
                return new Answer.Unsettled("HTTP 503", retryAfter());
            }
            if (dice.nextInt(100) < dropping) {
                hub.keep(id); // stands for a hub that hangs, closes the connection, or answers too late
                return new Answer.Unsettled("no answer", null);
            }
            return new Answer.Accepted(); // stands for 409 as well
        }
    }

    private @Nullable Duration retryAfter() {
        return dice.nextInt(3) == 0 ? Duration.ofSeconds(dice.nextInt(7_200)) : null;
    }
}
