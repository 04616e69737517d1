package dev.sandboxer.payments;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/**
 * An amount in the billing currency.
 *
 * @param nanos billionths of the currency's unit
 */
public record Money(long nanos) implements Comparable<Money> {
    public static final Money ZERO = new Money(0);

    private static final int SCALE = 9;
    private static final Pattern FORM = Pattern.compile("-?[0-9]{1,9}(\\.[0-9]{1,9})?");

    /**
     * Rounds up to a whole nano-unit. Holds use this, since they must suffice.
     *
     * @throws ArithmeticException if the result does not fit into a long
     */
    public static Money roundedUp(BigDecimal amount) {
        return of(amount, RoundingMode.CEILING);
    }

    /**
     * Rounds to the nearest nano-unit, half to even.
     *
     * @throws ArithmeticException if the result does not fit into a long
     */
    public static Money rounded(BigDecimal amount) {
        return of(amount, RoundingMode.HALF_EVEN);
    }

    private static Money of(BigDecimal amount, RoundingMode rounding) {
        return new Money(amount.setScale(SCALE, rounding).unscaledValue().longValueExact());
    }

    /**
     * Reads an amount such as {@code 12.50}.
     *
     * @throws IllegalArgumentException if the text is no amount, or has more than nine digits before or after the point
     */
    public static Money parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("is not an amount (example: 12.50)");
        }
        return rounded(new BigDecimal(text));
    }

    /** @throws ArithmeticException if the sum does not fit into a long */
    public Money plus(Money other) {
        return new Money(Math.addExact(nanos, other.nanos));
    }

    /** @throws ArithmeticException if the difference does not fit into a long */
    public Money minus(Money other) {
        return new Money(Math.subtractExact(nanos, other.nanos));
    }

    public Money negated() {
        return new Money(Math.negateExact(nanos));
    }

    public Money min(Money other) {
        return nanos <= other.nanos ? this : other;
    }

    public Money max(Money other) {
        return nanos >= other.nanos ? this : other;
    }

    public boolean isPositive() {
        return nanos > 0;
    }

    public boolean isNegative() {
        return nanos < 0;
    }

    public boolean isZero() {
        return nanos == 0;
    }

    /** Returns the exact amount in units of the currency, without trailing zeros. */
    public BigDecimal amount() {
        return Decimals.plain(BigDecimal.valueOf(nanos, SCALE));
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(nanos, other.nanos);
    }

    /** Returns {@link #amount} as text, such as {@code 0.1008}. */
    @Override
    public String toString() {
        return amount().toPlainString();
    }
}
