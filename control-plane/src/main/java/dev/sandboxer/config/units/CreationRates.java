package dev.sandboxer.config.units;

import dev.sandboxer.consumers.CreationRate;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;

/** Rates of creations as people write them: {@code 5/s}, {@code 0.5/s}, or with a burst {@code 5/s:20}. */
public final class CreationRates {
    private static final String EXAMPLES = "(examples: 5/s, 0.5/s, and with 20 at once 5/s:20)";
    private static final String UNIT = "/s";

    private CreationRates() {}

    /**
     * Reads a rate above 0.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong
     */
    public static CreationRate parse(String text) {
        int colon = text.indexOf(':');
        String rate = colon < 0 ? text : text.substring(0, colon);
        if (!rate.endsWith(UNIT)) {
            throw refused(text, "is not a rate in creations per second");
        }
        int thousandths = thousandths(text, rate.substring(0, rate.length() - UNIT.length()));
        try {
            return colon < 0
                    ? CreationRate.of(thousandths)
                    : new CreationRate(thousandths, burst(text, text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw refused(text, "is out of range: " + e.getMessage());
        }
    }

    private static int thousandths(String text, String number) {
        Decimal value = Decimal.isDecimal(number) ? Decimal.read(number) : null;
        if (value == null || value.whole() > Integer.MAX_VALUE / 1000 - 1) {
            throw refused(text, "is not a rate in creations per second");
        }
        if (value.millionths() % 1000 != 0) {
            throw refused(text, "is finer than a thousandth");
        }
        return (int) (value.whole() * 1000 + value.millionths() / 1000);
    }

    private static int burst(String text, String number) {
        try {
            return Counts.parse(number);
        } catch (SandboxException e) {
            throw refused(text, "has no whole number after the colon");
        }
    }

    /** Returns the text that {@link #parse} reads as this rate. */
    public static String format(CreationRate rate) {
        return Cpus.format(rate.thousandths()) + UNIT + (rate.hasDefaultBurst() ? "" : ":" + rate.burst());
    }

    private static SandboxException refused(String text, String problem) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, Spelling.quoted(text) + " " + problem + " " + EXAMPLES);
    }
}
