package dev.sandboxer.payments.bill;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine.Cost;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.PriceRules;
import dev.sandboxer.payments.rates.RateCard;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.payments.rates.Tariff;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Bill lines for tests: fixed ones, and random ones generated from a seed. */
final class Bills {
    static final BillingAccount ACCOUNT = new BillingAccount("inst1", "Example Org", "USD");
    static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");
    static final SandboxSize SIZE = new SandboxSize(2000, 512, 1024);

    private static final RateCard CARD = new RateCard(
            "e2b-2026-04",
            new ExtensionId("ext.e2b"),
            Instant.EPOCH,
            new BigDecimal("0.000014"),
            new BigDecimal("0.0000045"),
            Map.of("T4", new BigDecimal("0.000164"), "H100", new BigDecimal("0.001097")),
            Map.of("us", new BigDecimal("1.5")),
            new BigDecimal("0.001"));

    private static final long HOUR_MS = 3_600_000;
    private static final Instant FIRST_HOUR = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> STRANGE = List.of(
            "=1+1", "+49", "-x", "@me", "a,b", "say \"x\"", "two\r\nlines", "\ttab", "\u00FCml\u00E4ut", "plain");

    private final Random random;

    Bills(long seed) {
        this.random = new Random(seed);
    }

    static Tariff tariff(Payer payer, SandboxSize size, @Nullable String region, String markup, String fee) {
        var rules = new PriceRules(new BigDecimal(markup), new BigDecimal(fee));
        return new RateCards("USD", List.of(), List.of(CARD), rules, Map.of(), Duration.ZERO)
                .tariff(CARD.extension(), payer, size, region, "team-a", NOON);
    }

    static Subject subject(String sandbox, Tariff tariff, SandboxSize size) {
        return new Subject(
                sandbox, "team-a", "profile.base", "ext.e2b", null, size, tariff, "{\"team\":\"web\",\"cost\":\"42\"}");
    }

    /** Returns the line of a sandbox that ran from noon on. The amount {@code prepaid} of its cost comes from credits. */
    static ChargeLine line(Subject subject, Meter meter, long millis, String prepaid) {
        var cost = subject.tariff()
                .billed(meter, subject.size(), millis)
                .map(billed -> new Cost(billed, Money.parse(prepaid)))
                .orElse(Cost.UNKNOWN);
        return new ChargeLine(
                "line-1", subject, meter, NOON, NOON.plusMillis(millis), meter.quantity(subject.size(), millis), cost);
    }

    BillLine any() {
        return switch (random.nextInt(10)) {
            case 0 -> purchase();
            case 1 -> adjustment();
            default -> usage();
        };
    }

    private PurchaseLine purchase() {
        return new PurchaseLine(id("p"), text(), new Money(1 + random.nextLong(1_000_000_000_000L)), instant(), text());
    }

    private AdjustmentLine adjustment() {
        long nanos = random.nextLong(-1_000_000_000L, 1_000_000_000L);
        var prepaid = new Money(random.nextBoolean() ? 0 : nanos / (1 + random.nextInt(5)));
        return new AdjustmentLine(
                id("a"),
                text(),
                random.nextBoolean() ? null : id("s"),
                new Money(nanos),
                prepaid,
                instant(),
                random.nextBoolean() ? "" : text());
    }

    ChargeLine usage() {
        var size = size();
        var region = random.nextInt(3) == 0 ? "eu" : null;
        var tariff = randomTariff(size, region);
        var meters = tariff.isKnown() ? List.copyOf(tariff.prices().keySet()) : List.of(Meter.values());
        var meter = meters.get(random.nextInt(meters.size()));
        var tags = random.nextBoolean() ? null : "{\"team\":" + Json.quoted(text()) + ",\"n\":1}";
        var subject = new Subject(id("s"), text(), "profile.p", "ext.any", region, size, tariff, tags);
        return usage(subject, meter);
    }

    private ChargeLine usage(Subject subject, Meter meter) {
        var hour = FIRST_HOUR.plusMillis(HOUR_MS * random.nextInt(20_000));
        long from = random.nextInt(4) == 0 ? 0 : random.nextLong(HOUR_MS);
        long millis = switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> Math.min(1, HOUR_MS - from);
            case 2 -> HOUR_MS - from;
            default -> random.nextLong(HOUR_MS - from);
        };
        var start = hour.plusMillis(from);
        return new ChargeLine(
                id("l"),
                subject,
                meter,
                start,
                start.plusMillis(millis),
                meter.quantity(subject.size(), millis),
                cost(subject, meter, millis));
    }

    private Cost cost(Subject subject, Meter meter, long millis) {
        return subject.tariff()
                .billed(meter, subject.size(), millis)
                .map(billed -> new Cost(
                        billed,
                        switch (random.nextInt(3)) {
                            case 0 -> Money.ZERO;
                            case 1 -> billed;
                            default -> new Money(billed.nanos() / (1 + random.nextInt(9)));
                        }))
                .orElse(Cost.UNKNOWN);
    }

    /** Returns any kind of tariff: free, unknown, on the platform's key or the consumer's own, with or without mark-up, fee and region. */
    private Tariff randomTariff(SandboxSize size, @Nullable String region) {
        var payer = Payer.values()[random.nextInt(Payer.values().length)];
        var gpus = Map.of("T4", price(), "H100", price());
        var card = new RateCard(
                "any-1",
                new ExtensionId("ext.any"),
                Instant.EPOCH,
                random.nextInt(10) == 0 ? BigDecimal.ZERO : price(),
                price(),
                random.nextInt(5) == 0 ? Map.of() : gpus,
                Map.of("eu", new BigDecimal("1.75")),
                random.nextBoolean() ? BigDecimal.ZERO : price());
        var rules = new PriceRules(percentage(), percentage());
        var cards = random.nextInt(10) == 0 ? List.<RateCard>of() : List.of(card);
        return new RateCards("USD", List.of(), cards, rules, Map.of(), Duration.ZERO)
                .tariff(card.extension(), payer, size, region, "any", NOON);
    }

    private SandboxSize size() {
        int cpus = random.nextBoolean() ? 1000 << random.nextInt(4) : 1 + random.nextInt(64_000);
        int memory = random.nextBoolean() ? 256 << random.nextInt(8) : 1 + random.nextInt(500_000);
        var gpu = switch (random.nextInt(4)) {
            case 0 -> new Gpu(1 + random.nextInt(8), "T4");
            case 1 -> new Gpu(1, List.of("T4", "H100"));
            default -> null;
        };
        return new SandboxSize(cpus, memory, 1024, gpu);
    }

    /** Returns a price with up to as many digits as a rate card may have. */
    private BigDecimal price() {
        return random.nextBoolean()
                ? BigDecimal.valueOf(1 + random.nextInt(10_000), 8)
                : BigDecimal.valueOf(1 + random.nextLong(10_000_000_000L), 12);
    }

    private BigDecimal percentage() {
        return random.nextBoolean() ? BigDecimal.ZERO : BigDecimal.valueOf(random.nextInt(1_000_000), 6);
    }

    private Instant instant() {
        return FIRST_HOUR.plusMillis(random.nextLong(20_000 * HOUR_MS));
    }

    private String id(String prefix) {
        return prefix + Integer.toString(random.nextInt(1_000_000), 36);
    }

    private String text() {
        return STRANGE.get(random.nextInt(STRANGE.size()));
    }
}
