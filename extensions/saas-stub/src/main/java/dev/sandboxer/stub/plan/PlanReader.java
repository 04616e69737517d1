package dev.sandboxer.stub.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a plan: rules and settings, one in a line or divided by semicolons; {@code #} begins a comment. docs/saas-stub.md
 * explains it.
 */
public final class PlanReader {
    private static final Pattern COMMENT = Pattern.compile("#[^\\n]*");
    private static final Pattern DIVIDER = Pattern.compile("[;\\n]");
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private final List<Rule> rules = new ArrayList<>();
    private @Nullable Duration latency;
    private @Nullable Integer capacity;
    private @Nullable Duration maxLife;
    private long seed = Plan.NONE.seed();

    private PlanReader() {}

    /**
     * Reads a text; a blank one is a plan in which nothing goes wrong.
     *
     * @throws IllegalArgumentException when it is no plan; the message names the line and what is wrong with it
     */
    public static Plan read(String text) {
        var reader = new PlanReader();
        for (String line : DIVIDER.split(COMMENT.matcher(text).replaceAll(""))) {
            if (!line.isBlank()) {
                reader.line(line.strip());
            }
        }
        return new Plan(text.strip(), reader.rules, reader.latency, reader.capacity, reader.maxLife, reader.seed);
    }

    private void line(String line) {
        var words = List.of(BLANKS.split(line));
        try {
            if (words.size() < 2) {
                throw new IllegalArgumentException("has one word; expected a setting such as \"capacity 3\" or a rule"
                        + " such as \"create throttled times=1\"");
            }
            if (!isSetting(words.get(0), words.get(1))) {
                rules.add(RuleReader.read(line, words));
            } else if (words.size() > 2) {
                throw new IllegalArgumentException("says more than one value");
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + line + "\": " + e.getMessage(), e);
        }
    }

    /** Takes the value when it is one. */
    private boolean isSetting(String name, String value) {
        switch (name) {
            case "latency" -> latency = Values.duration(value);
            case "capacity" -> capacity = Values.count(value, 0);
            case "maxLife" -> maxLife = Values.duration(value);
            case "seed" -> seed = Values.count(value, 0);
            default -> {
                return false;
            }
        }
        return true;
    }
}
