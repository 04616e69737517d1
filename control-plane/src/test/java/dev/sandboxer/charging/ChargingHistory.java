package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.rates.RateCard;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeCloud;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.TestInstallation;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A random history of two consumers with priced sandboxes. Sandboxes are created, paused and ended, credit is granted and runs out,
 * backends fail, and processes are killed. The seed determines everything except ids.
 */
public final class ChargingHistory {
    /** Keys that must not appear in any row. */
    public static final List<String> SECRETS = List.of("key_canaryOwn0", "key_canaryPlatform0");

    private static final List<String> CONSUMERS = List.of(TestInstallation.ME, "you");

    /** Calls that affect what is charged. */
    private static final List<Call> CHARGED_CALLS =
            List.of(Call.CREATE, Call.PAUSE, Call.RESUME, Call.DESTROY, Call.SET_DEADLINE);

    private static final int STEPS = 60;
    private static final int MAX_POINTS = 16;

    private final SplittableRandom random;
    private final TestInstallation in;
    private final boolean clockJumps;
    private final boolean ownCredential;
    private final @Nullable Step more;
    private final List<String> told = new ArrayList<>();
    private int created;
    private int grants;
    private int kills;

    /** An additional event that happens at random. */
    public interface Step {
        void take(SplittableRandom random);
    }

    /**
     * Creates a history of a new installation.
     *
     * @param clockJumps true = the clock also goes back and far ahead
     * @param more an additional event; null = none
     */
    public ChargingHistory(long seed, TestInstallation in, boolean clockJumps, @Nullable Step more) {
        this.random = new SplittableRandom(seed);
        this.in = in;
        this.clockJumps = clockJumps;
        this.more = more;
        this.ownCredential = random.nextInt(3) == 0;
        charge(in);
        in.environment().put("SECOND_KEY", SECRETS.getLast());
    }

    /** Sets prices for both extensions that leave fractions of a nano-unit, and records all transitions. */
    public static void charge(TestInstallation in) {
        var journal = new TransitionJournal();
        in.charge();
        in.price(
                card(in.extensions().getFirst().id(), "0"),
                card(in.extensions().getLast().id(), "0.0123456789"));
        in.listen(journal.of(in.clock()));
        try (var process = in.start()) {
            journal.prepare(process.database());
        }
    }

    private static RateCard card(ExtensionId extension, String creation) {
        return new RateCard(
                "test-1",
                extension,
                Instant.EPOCH,
                new BigDecimal("0.00001400007"),
                new BigDecimal("0.0000045000001"),
                Map.of(),
                Map.of(),
                new BigDecimal(creation));
    }

    public String text() {
        return String.join("\n", told);
    }

    public void tell(String what) {
        told.add(what);
    }

    public int kills() {
        return kills;
    }

    /** Runs the history. Fails if charges are wrong during the history, or at its end, when all sandboxes have ended. */
    public void run() {
        if (ownCredential) {
            in.addCredential(SECRETS.getFirst(), random.nextBoolean());
            tell("a credential of its own");
        }
        CONSUMERS.forEach(consumer -> grant(consumer, 300_000_000));
        for (int i = 0; i < STEPS; i++) {
            step();
            if (i % 10 == 9) {
                audit(ChargeAudit::checkMoney);
            }
        }
        for (FakeCloud cloud : clouds()) {
            cloud.heal();
            cloud.catchUp();
        }
        in.repair();
        tick();
        audit(clockJumps ? ChargeAudit::checkMoney : ChargeAudit::check);
        in.clock().advance(Duration.ofDays(clockJumps ? 80 : 40)); // longer than paused sandboxes are kept
        in.repair();
        tick();
        audit(clockJumps ? ChargeAudit::checkMoney : ChargeAudit::check);
        checkEnded();
    }

    private void audit(Consumer<ChargeAudit> check) {
        try (var process = in.start()) {
            check.accept(ChargeAudit.of(process.database()));
        }
    }

    private void checkEnded() {
        try (var process = in.start()) {
            assertThat(in.running()).isEmpty();
            assertThat(process.sandboxes().list(null, false)).isEmpty();
            assertThat(process.ledger().openHolds(null)).isEmpty();
            for (String consumer : CONSUMERS) {
                var balance = process.ledger().balance(consumer);
                assertThat(balance.held()).isEqualTo(Money.ZERO);
                if (!clockJumps) {
                    assertThat(balance.balance().isNegative())
                            .as("%s owes us", consumer)
                            .isFalse();
                }
            }
        }
    }

    private List<FakeCloud> clouds() {
        return List.of(in.first(), in.second());
    }

    private FakeCloud cloud() {
        return clouds().get(random.nextInt(2));
    }

    private void tick() {
        try (var process = in.start()) {
            process.metering().tick(in.clock().instant());
        }
    }

    private void step() {
        switch (random.nextInt(more == null ? 21 : 25)) {
            case 0, 1, 2 -> mortal("create", process -> create(process));
            case 3, 4 -> mortal("destroy", process -> process.sandboxes().destroy(any(process)));
            case 5, 6 ->
                mortal(
                        "extend",
                        process -> process.sandboxes()
                                .extendAsAllowed(
                                        any(process), Duration.ofSeconds(random.nextInt(1, 3400)), in.profile()));
            case 7, 8 -> mortal("pause", process -> process.sandboxes().pause(any(process)));
            case 9, 10 -> {
                var ttl = Duration.ofSeconds(random.nextInt(1, 3400));
                mortal("resume", process -> process.sandboxes().resume(any(process), ttl, in.profile()));
            }
            case 11, 12 ->
                mortal("tick", process -> process.metering().tick(in.clock().instant()));
            case 13 ->
                mortal("look after credit", process -> {
                    process.sandboxes().creditWatch().look();
                    process.ledger().releaseOverdue(sandbox -> true);
                });
            case 14 ->
                mortal("repair", process -> {
                    process.sandboxes().repair().repairUnfinished();
                    process.sandboxes().repair().reconcile(in.extensions());
                });
            case 15, 16 -> passTime();
            case 17 -> grant(CONSUMERS.get(random.nextInt(2)), random.nextLong(1, 80_000_000));
            case 18, 19 -> fault();
            case 20 -> accident();
            default -> {
                if (more != null) {
                    more.take(random);
                }
            }
        }
    }

    private void mortal(String name, Consumer<ControlPlane> work) {
        var point = random.nextInt(1, 2 * MAX_POINTS); // half of the processes survive
        var death = in.inKilledControlPlane(point < MAX_POINTS ? point : Integer.MAX_VALUE, work);
        death.ifPresent(it -> kills++);
        tell(in.clock().instant() + " " + name + death.map(text -> ", " + text).orElse(""));
    }

    /** Returns a sandbox that has not ended as far as the database shows; a new one if there is none. */
    private Sandbox any(ControlPlane process) {
        var all = process.sandboxes().list(null, false).stream()
                .sorted(Comparator.comparing(sandbox -> sandbox.metadata().getOrDefault("name", "")))
                .toList(); // sorted by name, since ids are random
        return all.isEmpty() ? create(process) : all.get(random.nextInt(all.size()));
    }

    private Sandbox create(ControlPlane process) {
        var profile = random.nextBoolean()
                ? in.profile()
                : TestInstallation.profile(in.extensions().getLast().id());
        var onTimeout = random.nextInt(3) == 0 ? OnTimeout.PAUSE : OnTimeout.KILL;
        var maxCost = random.nextInt(4) == 0 ? new Money(random.nextLong(30_000_000)) : null;
        return process.sandboxes()
                .create(CreateSandbox.of(CONSUMERS.get(random.nextInt(2)), profile)
                        .ttl(Duration.ofMillis(random.nextInt(1000, 3_500_000)))
                        .terms(Terms.DEFAULT.withOnTimeout(onTimeout).withMaxCost(maxCost))
                        .metadata(Map.of("team", "t" + random.nextInt(3), "name", "n" + created++))
                        .build());
    }

    private void grant(String consumer, long nanos) {
        var id = "g" + grants++;
        var now = in.clock().instant();
        var request = new Grant.Request(
                id,
                consumer,
                random.nextBoolean() ? Grant.Kind.PAID : Grant.Kind.FREE,
                new Money(nanos),
                random.nextInt(3),
                random.nextInt(3) == 0 ? now.plusSeconds(random.nextInt(600, 20_000)) : null,
                "");
        mortal(
                "grant " + request.amount() + " to " + request.consumer(),
                process -> process.ledger().grant(request));
        if (random.nextBoolean()) {
            mortal("the same grant", process -> process.ledger().grant(request));
        }
    }

    private void passTime() {
        var by = Duration.ofMillis(random.nextInt(1, random.nextBoolean() ? 100_000 : 2_000_000));
        if (clockJumps && random.nextInt(3) == 0) {
            by = random.nextBoolean() ? by.multipliedBy(-2) : by.multipliedBy(30);
        }
        in.clock().advance(by);
        tell("time goes by: " + by);
    }

    private void fault() {
        if (ownCredential && random.nextInt(3) == 0) {
            tell("its own key is refused from now on");
            in.second().revoke(SECRETS.getFirst());
            return;
        }
        var calls = random.nextInt(3) == 0 ? List.of(Call.values()) : CHARGED_CALLS;
        var call = calls.get(random.nextInt(calls.size()));
        var fault = switch (random.nextInt(5)) {
            case 0, 1 -> Fault.refused(Kind.values()[random.nextInt(Kind.values().length)]);
            case 2 -> new Fault.AnswerLost();
            case 3 -> new Fault.RequestLost();
            default -> call == Call.LIST ? new Fault.SeesNothing() : new Fault.Late();
        };
        tell("the next " + call + " suffers " + fault);
        cloud().plan(call, fault);
    }

    private void accident() {
        var cloud = cloud();
        if (random.nextBoolean()) {
            tell("late calls arrive");
            cloud.catchUp();
            return;
        }
        if (ownCredential) {
            in.second().restore(SECRETS.getFirst());
        }
        var running = cloud.running();
        if (!running.isEmpty()) {
            BackendSandbox victim = running.get(random.nextInt(running.size()));
            tell("lost: " + victim.ref());
            cloud.lose(victim.ref());
        }
    }
}
