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
 * The prices of one sandbox, frozen from its creation to its end. Immutable.
 *
 * @param card version of the rate card that the prices come from; null = none
 * @param payer who pays the backend
 * @param prices by meter; empty = not known
 */
public record Tariff(@Nullable String card, Payer payer, Map<Meter, UnitPrice> prices) {
    private static final String SEPARATOR = ";";
    private static final int MILLIS_SCALE = 3;
    private static final Duration MAX_TIME = Duration.ofDays(3650);

    public Tariff {
        var sorted = new EnumMap<Meter, UnitPrice>(Meter.class);
        sorted.putAll(prices);
        prices = Collections.unmodifiableMap(sorted);
    }

    /** Returns the tariff of a free sandbox. Its CPU and memory are metered nevertheless. */
    public static Tariff free() {
        return new Tariff(null, Payer.NOBODY, Map.of(Meter.CPU, UnitPrice.FREE, Meter.MEMORY, UnitPrice.FREE));
    }

    /** Returns the tariff of a sandbox whose backend bills somebody at prices that we don't know. */
    public static Tariff unknown(Payer payer) {
        return new Tariff(null, payer, Map.of());
    }

    public boolean isKnown() {
        return !prices.isEmpty();
    }

    /** Returns true if the consumer pays us nothing, so that no hold is needed. */
    public boolean isFree() {
        return isKnown()
                        && prices.values().stream()
                                .allMatch(price -> price.billed().signum() == 0)
                || payer == Payer.OWNER && !isKnown();
    }

    /**
     * Returns what the consumer pays us for one meter.
     *
     * @param use all use since the sandbox was created
     * @return empty if the price is not known; zero for a meter without a price
     */
    public Optional<Money> billed(Meter meter, SandboxSize size, MeteredUsage use) {
        return cost(meter, size, use, UnitPrice::billed);
    }

    /** Returns what the consumer pays us for one meter of a sandbox that ran for so many milliseconds and used no network. */
    public Optional<Money> billed(Meter meter, SandboxSize size, long millis) {
        return billed(meter, size, MeteredUsage.ofTime(millis));
    }

    /** Returns what the backend's price list says for one meter; otherwise like {@link #billed(Meter, SandboxSize, MeteredUsage)}. */
    public Optional<Money> listed(Meter meter, SandboxSize size, MeteredUsage use) {
        return cost(meter, size, use, UnitPrice::list);
    }

    private Optional<Money> cost(
            Meter meter, SandboxSize size, MeteredUsage use, Function<UnitPrice, BigDecimal> which) {
        if (!isKnown()) {
            return Optional.empty();
        }
        var price = prices.get(meter);
        return Optional.of(
                price == null ? Money.ZERO : Money.rounded(which.apply(price).multiply(meter.quantity(size, use))));
    }

    /**
     * Returns the most that the consumer pays us for a sandbox that runs for this long, its creation included. Network use is not
     * included, since it can't be known in advance. Empty if the prices are not known.
     */
    public Optional<Money> worstCase(SandboxSize size, Duration length) {
        return worstCase(size, length, UnitPrice::billed);
    }

    /** Returns the most that the backend bills by its price list, without our fee; otherwise like {@link #worstCase}. */
    public Optional<Money> worstCaseListed(SandboxSize size, Duration length) {
        var all = worstCase(size, length, UnitPrice::list);
        var fee = prices.get(Meter.PLATFORM_FEE);
        return fee == null ? all : all.map(cost -> cost.minus(atMost(Meter.PLATFORM_FEE, fee.list(), size, length)));
    }

    private Optional<Money> worstCase(SandboxSize size, Duration length, Function<UnitPrice, BigDecimal> which) {
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
        return Money.roundedUp(price.multiply(meter.quantity(size, Math.max(0, length.toMillis()))));
    }

    /**
     * Returns how long a sandbox can run for an amount, its creation included.
     *
     * @return whole milliseconds, at least zero; ten years if its time costs nothing
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
            return MAX_TIME;
        }
        var millis = left.amount().movePointRight(MILLIS_SCALE).divide(perSecond, 0, RoundingMode.FLOOR);
        return millis.compareTo(BigDecimal.valueOf(MAX_TIME.toMillis())) < 0
                ? Duration.ofMillis(millis.longValueExact())
                : MAX_TIME;
    }

    /** Returns what the consumer pays us per second, without the creation; zero if the prices are not known. */
    private BigDecimal billedPerSecond(SandboxSize size) {
        var sum = BigDecimal.ZERO;
        for (var entry : prices.entrySet()) {
            if (entry.getKey() != Meter.CREATION) {
                sum = sum.add(entry.getValue().billed().multiply(entry.getKey().quantity(size, 1000)));
            }
        }
        return sum;
    }

    /** Returns true if the consumer pays for bytes received or sent. */
    public boolean chargesNetwork() {
        return isCharged(Meter.NETWORK_IN) || isCharged(Meter.NETWORK_OUT);
    }

    private boolean isCharged(Meter meter) {
        var price = prices.get(meter);
        return price != null && price.billed().signum() > 0;
    }

    /** Returns the text that is stored in a row. {@link #ofRow} reads it. */
    public String toRow() {
        return (card == null ? "" : card)
                + SEPARATOR
                + payer.text()
                + prices.entrySet().stream()
                        .map(entry -> SEPARATOR + entry.getKey().text() + "="
                                + entry.getValue().list().toPlainString() + "/"
                                + entry.getValue().billed().toPlainString())
                        .collect(Collectors.joining());
    }

    /** Reads the text that {@link #toRow} has written. */
    public static Tariff ofRow(String row) {
        var parts = row.split(SEPARATOR);
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
