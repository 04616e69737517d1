package dev.sandboxer.config.units;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;
import java.time.Duration;

/** Durations as people write them: {@code 90s}, {@code 15m}, {@code 1h30m}, {@code 2d}; units d, h, m, s, ms. */
public final class Durations {
    private static final String EXAMPLES = "(examples: 90s, 15m, 1h30m, 2d)";
    private static final long MAX_DAYS = 36_500;
    private static final String[] UNITS = {"d", "h", "m", "s", "ms"};
    private static final long[] MILLIS = {86_400_000, 3_600_000, 60_000, 1000, 1};

    private Durations() {}

    /**
     * Reads a duration, which may be zero.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong
     */
    public static Duration parse(String text) {
        long millis = 0;
        int previousUnit = -1;
        int at = 0;
        do {
            int digits = end(text, at, '0', '9');
            int letters = end(text, digits, 'a', 'z');
            int unit = unit(text.substring(digits, letters));
            if (digits == at || unit < 0) {
                throw refused(text, problem(text));
            }
            if (unit <= previousUnit) {
                throw refused(text, "is not a duration: units go from large to small, each once");
            }
            millis = add(text, millis, text.substring(at, digits), MILLIS[unit]);
            previousUnit = unit;
            at = letters;
        } while (at < text.length());
        return Duration.ofMillis(millis);
    }

    /**
     * Reads a duration above zero.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong
     */
    public static Duration parsePositive(String text) {
        Duration duration = parse(text);
        if (!duration.isPositive()) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    Spelling.quoted(text) + " is zero; write a positive duration (examples: 15m, 24h)");
        }
        return duration;
    }

    /** Returns the shortest text that {@link #parse} reads as this duration, truncated to milliseconds. */
    public static String format(Duration duration) {
        if (duration.isNegative()) {
            return "-" + format(duration.negated());
        }
        long[] parts = {
            duration.toDaysPart(),
            duration.toHoursPart(),
            duration.toMinutesPart(),
            duration.toSecondsPart(),
            duration.toMillisPart()
        };
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] != 0) {
                text.append(parts[i]).append(UNITS[i]);
            }
        }
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static long add(String text, long millis, String count, long unit) {
        try {
            long sum = Math.addExact(millis, Math.multiplyExact(Long.parseLong(count), unit));
            if (sum <= MAX_DAYS * MILLIS[0]) {
                return sum;
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // More than a long holds is too long as well.
        }
        throw refused(text, "is too long; the longest duration is " + MAX_DAYS + "d");
    }

    private static String problem(String text) {
        if (!text.isEmpty() && end(text, 0, '0', '9') == text.length()) {
            return "has no unit; is it " + Spelling.shortened(text) + "s?";
        }
        if (text.startsWith("-")) {
            return "is negative";
        }
        return "is not a duration";
    }

    private static SandboxException refused(String text, String problem) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, Spelling.quoted(text) + " " + problem + " " + EXAMPLES);
    }

    private static int unit(String name) {
        for (int i = 0; i < UNITS.length; i++) {
            if (UNITS[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static int end(String text, int from, char low, char high) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= low && text.charAt(at) <= high) {
            at++;
        }
        return at;
    }
}
