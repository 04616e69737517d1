package dev.sandboxer.config;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;
import java.math.BigDecimal;

/** Numbers of CPUs as people write them: {@code 2}, {@code 0.5}, or in thousandths {@code 500m}. */
public final class Cpus {
    private static final String EXAMPLES = "(examples: 0.5, 2, 500m)";
    private static final int MOST = 100_000;

    private Cpus() {}

    /**
     * Reads a positive number of CPUs into thousandths.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong
     */
    public static int parseMillis(String text) {
        boolean thousandths = text.endsWith("m");
        String number = thousandths ? text.substring(0, text.length() - 1) : text;
        if (!Decimals.isDecimal(number)) {
            throw refused(text, text.startsWith("-") ? "is negative" : "is not a number of CPUs");
        }
        if (Decimals.hasTooManyDigits(number)) {
            throw refused(text, "has too many digits");
        }
        BigDecimal millis = new BigDecimal(number).movePointRight(thousandths ? 0 : 3);
        if (millis.signum() == 0) {
            throw refused(text, "is nothing; the smallest number is 0.001");
        }
        if (millis.stripTrailingZeros().scale() > 0) {
            throw refused(text, "is finer than a thousandth of a CPU");
        }
        if (millis.compareTo(BigDecimal.valueOf(MOST * 1000)) > 0) {
            throw refused(text, "is too large; the largest number is " + MOST);
        }
        return millis.intValueExact();
    }

    /** As a number of CPUs, such as {@code 2} or {@code 0.5}. */
    public static String format(int millis) {
        return BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString();
    }

    private static SandboxException refused(String text, String problem) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, Spelling.quoted(text) + " " + problem + " " + EXAMPLES);
    }
}
