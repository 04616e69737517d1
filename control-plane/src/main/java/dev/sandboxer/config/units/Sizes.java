package dev.sandboxer.config.units;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;
import java.util.Locale;

/**
 * Sizes of memory and disk as people write them, always binary: {@code 512MiB}, {@code 1.5GiB}; units B, KiB, MiB, GiB,
 * TiB, and as in Docker {@code 512m} or {@code 4G}: K, M, G, T in either case.
 */
public final class Sizes {
    private static final String EXAMPLES = "(examples: 512MiB, 4GiB)";
    private static final String LETTERS = "KMGT";
    private static final long MIB = 1L << 20;

    private Sizes() {}

    /**
     * Reads a number of bytes, which may be zero.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong
     */
    public static long parseBytes(String text) {
        int end = numberEnd(text);
        String number = text.substring(0, end);
        String unit = text.substring(end);
        int shift = shift(unit);
        if (!Decimal.isDecimal(number) || shift < 0) {
            throw refused(text, problem(text, number, unit));
        }
        Decimal units = Decimal.read(number);
        if (units == null) {
            throw refused(text, "has too many digits");
        }
        // No overflow: a million is less than 2^20 and the largest unit is 2^40, so the product is below 2^60.
        long millionths = (long) units.millionths() << shift;
        if (millionths % Decimal.ONE != 0) {
            throw refused(text, "is not a whole number of bytes");
        }
        try {
            return Math.addExact(Math.multiplyExact(units.whole(), 1L << shift), millionths / Decimal.ONE);
        } catch (ArithmeticException e) {
            throw refused(text, "is too large");
        }
    }

    /**
     * Reads a positive whole number of MiB, the unit of sandbox sizes.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong
     */
    public static int parseMiB(String text) {
        long bytes = parseBytes(text);
        if (bytes == 0) {
            throw refused(text, "is zero; the smallest size is 1MiB");
        }
        if (bytes % MIB != 0) {
            throw refused(text, "is not a whole number of MiB");
        }
        if (bytes / MIB > Integer.MAX_VALUE) {
            throw refused(text, "is too large; the largest size is " + formatMiB(Integer.MAX_VALUE));
        }
        return (int) (bytes / MIB);
    }

    /** Returns the size in the largest unit that makes it a whole number, such as {@code 4GiB} or {@code 1536MiB}. */
    public static String formatBytes(long bytes) {
        int unit = 0;
        while (bytes != 0 && unit < LETTERS.length() && bytes % 1024 == 0) {
            bytes /= 1024;
            unit++;
        }
        return bytes + (unit == 0 ? "B" : LETTERS.charAt(unit - 1) + "iB");
    }

    /** Returns the size rounded down to whole MiB, or if it is smaller to whole KiB or bytes, so that only zero is shown as zero. */
    public static String formatRounded(long bytes) {
        long unit = bytes < 1024 ? 1 : bytes < MIB ? 1024 : MIB;
        return formatBytes(bytes - bytes % unit);
    }

    public static String formatMiB(int mib) {
        return formatBytes(mib * MIB);
    }

    private static int numberEnd(String text) {
        int end = 0;
        while (end < text.length() && (text.charAt(end) == '.' || Character.isDigit(text.charAt(end)))) {
            end++;
        }
        return end;
    }

    private static int shift(String unit) {
        if (unit.equals("B")) {
            return 0;
        }
        boolean oneLetter = unit.length() == 1;
        if (!oneLetter && !(unit.length() == 3 && unit.endsWith("iB"))) {
            return -1;
        }
        String first = unit.substring(0, 1);
        int index = LETTERS.indexOf(oneLetter ? first.toUpperCase(Locale.ROOT) : first);
        return index < 0 ? -1 : 10 * (index + 1);
    }

    private static String problem(String text, String number, String unit) {
        if (text.startsWith("-")) {
            return "is negative";
        }
        if (!Decimal.isDecimal(number)) {
            return "is not a size";
        }
        if (unit.isEmpty()) {
            return "has no unit; is it " + Spelling.shortened(number) + "MiB?";
        }
        String upper = unit.toUpperCase(Locale.ROOT);
        if (upper.matches("[KMGT]I?B?")) {
            return "is not a size; sizes are binary, write " + Spelling.shortened(number) + upper.charAt(0) + "iB";
        }
        return "is not a size";
    }

    private static SandboxException refused(String text, String problem) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, Spelling.quoted(text) + " " + problem + " " + EXAMPLES);
    }
}
