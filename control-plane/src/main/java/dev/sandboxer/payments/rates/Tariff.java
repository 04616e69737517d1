package dev.sandboxer.payments.rates;

import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The prices of one sandbox, from its creation to its end. Immutable.
 *
 * @param card the price list they come from; null = none has them
 * @param prices by meter; empty = not known
 */
public record Tariff(@Nullable String card, Payer payer, Map<Meter, UnitPrice> prices) {
    private static final String BETWEEN = ";";
    private static final int MILLIS_SCALE = 3;
    private static final Duration LONGEST = Duration.ofDays(3650);

    public Tariff {
        var sorted = new EnumMap<Meter, UnitPrice>(Meter.class);
        sorted.putAll(prices);
        prices = Collections.unmodifiableMap(sorted);
    }

    /** Of what costs nobody anything, and is measured all the same. */
    public static Tariff free() {
        return new Tariff(null, Payer.NOBODY, Map.of(Meter.CPU, UnitPrice.FREE, Meter.MEMORY, UnitPrice.FREE));
    }

    /** Of what somebody is billed for, at prices that nobody has told us. */
    public static Tariff unknown(Payer payer) {
        return new Tariff(null, payer, Map.of());
    }

    public boolean isKnown() {
        return !prices.isEmpty();
    }

    /** Returns true if nothing has to be set aside for it: its consumer pays us nothing. */
    public boolean isFree() {
        return isKnown()
                        && prices.values().stream()
                                .allMatch(price -> price.billed().signum() == 0)
                || payer == Payer.OWNER && !isKnown();
    }

    /**
     * What the consumer pays us for one meter, for the first so many milliseconds.
     *
     * @return empty when the price is not known; zero for a meter without a price
     */
    public Optional<Money> billed(Meter meter, SandboxSize size, long millis) {
        return cost(meter, size, millis, UnitPrice::billed);
    }

    /** What the backend's price list says for it, otherwise as {@link #billed}. */
    public Optional<Money> listed(Meter meter, SandboxSize size, long millis) {
        return cost(meter, size, millis, UnitPrice::list);
    }

    private Optional<Money> cost(Meter meter, SandboxSize size, long millis, Function<UnitPrice, BigDecimal> which) {
        if (!isKnown()) {
            return Optional.empty();
        }
        var price = prices.get(meter);
        return Optional.of(
                price == null ? Money.ZERO : Money.rounded(which.apply(price).multiply(meter.quantity(size, millis))));
    }

    /** What the consumer pays us at most for that long, its creation included; empty when that is not known. */
    public Optional<Money> worstCase(SandboxSize size, Duration length) {
        return most(size, length, UnitPrice::billed);
    }

    /** What the backend bills at most by its price list, without our fee; otherwise as {@link #worstCase}. */
    public Optional<Money> worstCaseListed(SandboxSize size, Duration length) {
        var all = most(size, length, UnitPrice::list);
        var fee = prices.get(Meter.PLATFORM_FEE);
        return fee == null ? all : all.map(cost -> cost.minus(atMost(Meter.PLATFORM_FEE, fee.list(), size, length)));
    }

    private Optional<Money> most(SandboxSize size, Duration length, Function<UnitPrice, BigDecimal> which) {
        if (!isKnown()) {
            return Optional.empty();
        }
        var sum = Money.ZERO;
        for (var entry : prices.entrySet()) {
            sum = sum.plus(atMost(entry.getKey(), which.apply(entry.getValue()), size, length));
        }
        return Optional.of(sum);
    }

    private static Money atMost(Meter meter, BigDecimal price, SandboxSize size, Duration length) {
        return Money.atLeast(price.multiply(meter.quantity(size, Math.max(0, length.toMillis()))));
    }

    /**
     * How long a sandbox can run for an amount, its creation included.
     *
     * @return in whole milliseconds, at least zero; as long as can be when it costs nothing by time
     */
    public Duration affordable(SandboxSize size, Money amount) {
        var perSecond = billedPerSecond(size);
        var rounding = new Money(prices.size()); // worstCase rounds each meter up
        var left =
                amount.minus(worstCase(size, Duration.ZERO).orElse(Money.ZERO)).minus(rounding);
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        if (perSecond.signum() == 0) {
            return LONGEST;
        }
        var millis = left.amount().movePointRight(MILLIS_SCALE).divide(perSecond, 0, RoundingMode.FLOOR);
        return millis.compareTo(BigDecimal.valueOf(LONGEST.toMillis())) < 0
                ? Duration.ofMillis(millis.longValueExact())
                : LONGEST;
    }

    /** What the consumer pays us for each second, beside its creation. Zero when the price is not known. */
    private BigDecimal billedPerSecond(SandboxSize size) {
        var sum = BigDecimal.ZERO;
        for (var entry : prices.entrySet()) {
            if (entry.getKey() != Meter.CREATION) {
                sum = sum.add(entry.getValue().billed().multiply(entry.getKey().quantity(size, 1000)));
            }
        }
        return sum;
    }

    /** As it stands in a row. */
    public String toRow() {
        return (card == null ? "" : card)
                + BETWEEN
                + payer.text()
                + prices.entrySet().stream()
                        .map(entry -> BETWEEN + entry.getKey().text() + "="
                                + entry.getValue().list().toPlainString() + "/"
                                + entry.getValue().billed().toPlainString())
                        .collect(Collectors.joining());
    }

    /** Reads what {@link #toRow} has written. */
    public static Tariff ofRow(String row) {
        var parts = row.split(BETWEEN);
        var prices = new EnumMap<Meter, UnitPrice>(Meter.class);
        for (int i = 2; i < parts.length; i++) {
            var name = parts[i].substring(0, parts[i].indexOf('='));
            var price = parts[i].substring(name.length() + 1);
            int slash = price.indexOf('/');
            prices.put(
                    Meter.of(name),
                    new UnitPrice(
                            new BigDecimal(price.substring(0, slash)), new BigDecimal(price.substring(slash + 1))));
        }
        return new Tariff(parts[0].isEmpty() ? null : parts[0], Payer.of(parts[1]), prices);
    }
}
