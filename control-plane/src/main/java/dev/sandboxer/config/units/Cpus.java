package dev.sandboxer.config.units;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;

/** Numbers of CPUs as people write them: {@code 2}, {@code 0.5}, or in thousandths {@code 500m}. */
public final class Cpus {
    private static final String EXAMPLES = "(examples: 0.5, 2, 500m)";
    private static final int MAX_CPUS = 100_000;

    private Cpus() {}

    /**
     * Reads a positive number of CPUs into thousandths.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong
     */
    public static int parseMillis(String text) {
        boolean thousandths = text.endsWith("m");
        String number = thousandths ? text.substring(0, text.length() - 1) : text;
        if (!Decimal.isDecimal(number)) {
            throw refused(text, text.startsWith("-") ? "is negative" : "is not a number of CPUs");
        }
        Decimal value = Decimal.read(number);
        if (value == null) {
            throw refused(text, "has too many digits");
        }
        if (value.whole() == 0 && value.millionths() == 0) {
            throw refused(text, "is zero; the smallest number is 0.001");
        }
        int finest = thousandths ? Decimal.ONE : Decimal.ONE / 1000;
        if (value.millionths() % finest != 0) {
            throw refused(text, "is finer than a thousandth of a CPU");
        }
        long most = thousandths ? MAX_CPUS * 1000L : MAX_CPUS;
        if (value.whole() > most || value.whole() == most && value.millionths() > 0) {
            throw refused(text, "is too large; the largest number is " + MAX_CPUS);
        }
        return (int) (thousandths ? value.whole() : value.whole() * 1000 + value.millionths() / finest);
    }

    /** Returns thousandths of a CPU as text, such as {@code 2} or {@code 0.5}. */
    public static String format(int millis) {
        // Double.toString writes no exponent from a thousandth up to ten million.
        String number = Double.toString(millis / 1000.0);
        return number.endsWith(".0") ? number.substring(0, number.length() - 2) : number;
    }

    private static SandboxException refused(String text, String problem) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, Spelling.quoted(text) + " " + problem + " " + EXAMPLES);
    }
}
