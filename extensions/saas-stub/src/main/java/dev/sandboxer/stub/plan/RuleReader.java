package dev.sandboxer.stub.plan;

import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.stub.plan.Fault.Refuse;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads one rule: an operation, a fault, and details such as {@code times=1}. */
final class RuleReader {
    private static final String ANY = "any";

    /** The kinds that a refusal may have: there is no credential to refuse, and {@code expire} makes a sandbox gone. */
    private static final Set<Kind> KINDS = EnumSet.complementOf(EnumSet.of(Kind.CREDENTIAL, Kind.GONE));

    private static final List<String> OTHER_FAULTS = List.of("hang", "loseResponse", "late", "slow", "expire", "empty");

    private final Map<String, String> details = new HashMap<>();
    private final @Nullable Operation operation;

    private RuleReader(@Nullable Operation operation) {
        this.operation = operation;
    }

    static Rule read(String text, List<String> words) {
        var reader = new RuleReader(operation(words.get(0)));
        words.subList(2, words.size()).forEach(reader::detail);
        var fault = reader.fault(words.get(1));
        var rule = new Rule(
                text,
                reader.operation,
                fault,
                Values.count(reader.take("after", "0"), 0),
                Values.count(reader.take("every", "1"), 1),
                Values.count(reader.take("times", Integer.toString(Rule.ALWAYS)), 1),
                Values.percentage(reader.take("chance", Rule.CERTAIN + "%")));
        if (!reader.details.isEmpty()) {
            throw new IllegalArgumentException("does not take " + String.join(", ", reader.details.keySet()));
        }
        return rule;
    }

    private static @Nullable Operation operation(String text) {
        if (text.equals(ANY)) {
            return null;
        }
        return Arrays.stream(Operation.values())
                .filter(it -> it.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + text
                        + "\" is not a setting (latency, capacity, maxLife, seed) or an operation (any, "
                        + Arrays.stream(Operation.values()).map(Operation::text).collect(Collectors.joining(", "))
                        + ")"));
    }

    private void detail(String word) {
        var sign = word.indexOf('=');
        if (sign < 1 || details.put(word.substring(0, sign), word.substring(sign + 1)) != null) {
            throw new IllegalArgumentException("\"" + word + "\" is not a detail such as times=1, or comes twice");
        }
    }

    private String take(String name, String otherwise) {
        var value = details.remove(name);
        return value == null ? otherwise : value;
    }

    private Fault fault(String name) {
        return switch (name) {
            case "hang" -> new Fault.Hang(Values.duration(take("time", "0s")));
            case "loseResponse" -> new Fault.LoseResponse();
            case "slow" -> new Fault.Slow(time());
            case "late" -> requireFits(operation == Operation.CREATE, new Fault.Late(time()));
            case "expire" -> requireFits(operation != null && operation.namesSandbox(), new Fault.Expire());
            case "empty" -> requireFits(operation == Operation.FIND || operation == Operation.LIST, new Fault.Empty());
            default -> new Refuse(kind(name), retryAfter());
        };
    }

    private static Fault requireFits(boolean fits, Fault fault) {
        if (!fits) {
            throw new IllegalArgumentException("this fault is not for this operation (late: create; empty: find, list;"
                    + " expire: those about one sandbox)");
        }
        return fault;
    }

    private Duration time() {
        var time = details.remove("time");
        if (time == null) {
            throw new IllegalArgumentException("needs a time, such as time=2s");
        }
        return Values.duration(time);
    }

    private @Nullable Duration retryAfter() {
        var time = details.remove("retryAfter");
        return time == null ? null : Values.duration(time);
    }

    private static Kind kind(String name) {
        return KINDS.stream()
                .filter(it -> text(it).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + name + "\" is not a fault; choose one of "
                        + Stream.concat(KINDS.stream().map(RuleReader::text), OTHER_FAULTS.stream())
                                .collect(Collectors.joining(", "))));
    }

    private static String text(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
