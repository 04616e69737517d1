package dev.sandboxer.http.api;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import java.math.BigDecimal;

/** Reads amounts of money that clients send as JSON numbers. */
final class JsonAmount {
    private static final int MAX_DIGITS = 9;

    private JsonAmount() {}

    /**
     * Reads an exact amount, which may be negative.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when it has more than nine digits before or after the point
     */
    static Money read(String field, BigDecimal number) {
        // checked before scaling: 1e999999999 would fill the memory
        long digitsBefore = (long) number.precision() - number.scale();
        if (number.signum() != 0 && digitsBefore > MAX_DIGITS
                || number.stripTrailingZeros().scale() > MAX_DIGITS) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    field + " has too many digits; at most nine are allowed before and after the point");
        }
        return Money.rounded(number.signum() == 0 ? BigDecimal.ZERO : number);
    }
}
