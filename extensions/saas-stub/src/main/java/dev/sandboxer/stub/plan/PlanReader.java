package dev.sandboxer.stub.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a plan: rules and settings, one per line or separated by semicolons, and comments after {@code #}. The format
 * is explained in docs/saas-stub.md.
 */
public final class PlanReader {
    private static final Pattern COMMENT = Pattern.compile("#[^\\n]*");
    private static final Pattern SEPARATOR = Pattern.compile("[;\\n]");
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private final List<Rule> rules = new ArrayList<>();
    private @Nullable Duration latency;
    private @Nullable Integer capacity;
    private @Nullable Duration maxLife;
    private long seed = Plan.NONE.seed();

    private PlanReader() {}

    /**
     * Reads a plan; a blank text is a plan without faults.
     *
     * @throws IllegalArgumentException when the text is not a plan; the message names the line and the problem
     */
    public static Plan read(String text) {
        var reader = new PlanReader();
        for (String line : SEPARATOR.split(COMMENT.matcher(text).replaceAll(""))) {
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
            if (!takeSetting(words.get(0), words.get(1))) {
                rules.add(RuleReader.read(line, words));
            } else if (words.size() > 2) {
                throw new IllegalArgumentException("has more than one value");
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + line + "\": " + e.getMessage(), e);
        }
    }

    /** Returns true and keeps the value if the name is a setting's. */
    private boolean takeSetting(String name, String value) {
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
