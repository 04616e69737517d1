package dev.sandboxer.payments;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount in the billing currency.
 *
 * @param nanos thousand-millionths of the currency's unit
 */
public record Money(long nanos) implements Comparable<Money> {
    public static final Money ZERO = new Money(0);

    private static final int SCALE = 9;

    /**
     * The amount, rounded up to a whole nano-unit: what is set aside has to suffice.
     *
     * @throws ArithmeticException when it is beyond a long
     */
    public static Money atLeast(BigDecimal amount) {
        return new Money(
                amount.setScale(SCALE, RoundingMode.CEILING).unscaledValue().longValueExact());
    }

    /** In whole units of the currency, exact, without zeros at the end. */
    public BigDecimal amount() {
        var plain = BigDecimal.valueOf(nanos, SCALE).stripTrailingZeros();
        return plain.scale() < 0 ? plain.setScale(0) : plain;
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(nanos, other.nanos);
    }

    /** As {@link #amount}, such as {@code 0.1008}. */
    @Override
    public String toString() {
        return amount().toPlainString();
    }
}
