package dev.sandboxer.fakecloud;

import dev.sandboxer.config.yaml.ConfigText;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.config.yaml.Section;
import dev.sandboxer.config.yaml.YamlNode;
import dev.sandboxer.config.yaml.YamlNode.Sequence;
import dev.sandboxer.config.yaml.YamlReader;
import dev.sandboxer.error.SandboxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads a plan of faults from YAML. The format is explained in docs/cloud-adapters.md. */
public final class FaultPlanReader {
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");

    private static final List<String> HTTP_KEYS = List.of("operation", "method", "path", "query");

    private final Problems problems;

    /** The names of all gRPC calls of the cloud; empty = the cloud speaks HTTP. */
    private final List<String> calls;

    private FaultPlanReader(Problems problems, Collection<String> calls) {
        this.problems = problems;
        this.calls = List.copyOf(calls);
    }

    /**
     * Reads a plan for a cloud that speaks HTTP.
     *
     * @throws SandboxException {@code INVALID_CONFIG} with one line per problem
     */
    public static FaultPlan read(Path file) {
        return read(file, List.of());
    }

    /**
     * Reads a plan for a cloud that speaks gRPC.
     *
     * @param calls the names of its calls
     * @throws SandboxException {@code INVALID_CONFIG} with one line per problem
     */
    public static FaultPlan read(Path file, Collection<String> calls) {
        var problems = new Problems(String.valueOf(file.getFileName()));
        if (!Files.exists(file)) {
            problems.add(0, 0, "", "there is no such file");
            throw problems.failure(file);
        }
        var text = ConfigText.read(file, problems);
        var plan = text == null ? null : new FaultPlanReader(problems, calls).plan(text);
        if (plan == null || !problems.isEmpty()) {
            throw problems.failure(file);
        }
        return plan;
    }

    private @Nullable FaultPlan plan(String text) {
        var root = text.isBlank() ? null : YamlReader.read(text, problems);
        if (root == null) {
            return FaultPlan.NONE;
        }
        var section = new Section(
                root, root, "", isHttp() ? List.of("faults") : List.of("faults", "tokenLifetime"), problems);
        var tokenLifetime = section.optional("tokenLifetime", FaultReader::positive);
        var faults = section.node("faults");
        if (faults == null) {
            if (tokenLifetime != null) {
                return new FaultPlan(List.of(), tokenLifetime);
            }
            section.problem("faults", "is missing");
            return null;
        }
        if (!(faults instanceof Sequence sequence)) {
            section.problem("faults", "must be a list of rules");
            return null;
        }
        var rules = new ArrayList<FaultRule>();
        for (int i = 0; i < sequence.items().size(); i++) {
            var rule = rule(sequence.items().get(i), "faults[" + i + "]");
            if (rule != null) {
                rules.add(rule);
            }
        }
        return new FaultPlan(rules, tokenLifetime);
    }

    /** Reads one rule; null when it has problems. */
    private @Nullable FaultRule rule(YamlNode node, String path) {
        var known = new ArrayList<>(isHttp() ? HTTP_KEYS : List.of("call"));
        known.addAll(List.of("after", "times"));
        known.addAll(FaultReader.keys(isHttp()));
        var section = new Section(node, node, path, known, problems);
        var operation = section.optional("operation", FaultPlanReader::operation);
        var method = section.optional("method", FaultPlanReader::method);
        var pattern = section.optional(isHttp() ? "path" : "call", isHttp() ? FaultPlanReader::pattern : this::call);
        var query = section.optional("query", FaultPlanReader::pattern);
        var after = section.optional("after", text -> count(text, 0));
        var times = section.optional("times", text -> count(text, 1));
        var fault = new FaultReader(section, isHttp(), problems).read(node, path, operation);
        return fault == null
                ? null
                : new FaultRule(
                        operation,
                        method,
                        pattern,
                        query,
                        Objects.requireNonNullElse(after, 0),
                        Objects.requireNonNullElse(times, FaultRule.ALWAYS),
                        fault);
    }

    private boolean isHttp() {
        return calls.isEmpty();
    }

    /** Returns a pattern for the path of a call, {@code /service/name}. */
    private Pattern call(String text) {
        var name = pattern(text);
        if (calls.stream().noneMatch(call -> name.matcher(call).matches())) {
            throw new IllegalArgumentException("matches no call; use a name such as " + calls.getFirst());
        }
        return Pattern.compile("/[^/]+/(?:" + text + ")");
    }

    private static Operation operation(String text) {
        var names = new ArrayList<String>();
        for (Operation operation : Operation.values()) {
            if (operation.text().equals(text)) {
                return operation;
            }
            names.add(operation.text());
        }
        throw new IllegalArgumentException("is not an operation; choose one of " + String.join(", ", names));
    }

    private static String method(String text) {
        if (!METHOD.matcher(text).matches()) {
            throw new IllegalArgumentException("is not a method such as GET");
        }
        return text;
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("is not a regular expression: " + e.getDescription(), e);
        }
    }

    private static int count(String text, int least) {
        try {
            var count = Integer.parseInt(text);
            if (count >= least) {
                return count;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new IllegalArgumentException("is not a whole number of at least " + least);
    }
}
