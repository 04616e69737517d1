package dev.sandboxer.stub.plan;

import java.time.Duration;
import java.util.regex.Pattern;

/** Parses the values in a plan. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Pattern PERCENTAGE = Pattern.compile("([0-9]{1,3})%");

    private Values() {}

    static Duration duration(String text) {
        var match = DURATION.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is not a duration (examples: 800ms, 2s, 5m, 1h, 1d)");
        }
        var amount = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    static int count(String text, int least) {
        try {
            var count = Integer.parseInt(text);
            if (count >= least) {
                return count;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new IllegalArgumentException("\"" + text + "\" is not a whole number of at least " + least);
    }

    static int percentage(String text) {
        var match = PERCENTAGE.matcher(text);
        var value = match.matches() ? Integer.parseInt(match.group(1)) : 0;
        if (value < 1 || value > Rule.CERTAIN) {
            throw new IllegalArgumentException("\"" + text + "\" is not a chance from 1% to 100%");
        }
        return value;
    }
}
