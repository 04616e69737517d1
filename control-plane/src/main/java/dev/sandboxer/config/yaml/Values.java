package dev.sandboxer.config.yaml;

import dev.sandboxer.config.yaml.YamlNode.Broken;
import dev.sandboxer.config.yaml.YamlNode.Entry;
import dev.sandboxer.config.yaml.YamlNode.Mapping;
import dev.sandboxer.config.yaml.YamlNode.Sequence;
import dev.sandboxer.config.yaml.YamlNode.Text;
import dev.sandboxer.error.SandboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns nodes into values. A wrong value is reported as a problem, and becomes null or is left out. */
public final class Values {
    private final Problems problems;

    public Values(Problems problems) {
        this.problems = problems;
    }

    /** @param reading fails with {@code SandboxException} or {@code IllegalArgumentException}, saying what is wrong */
    public <T> @Nullable T one(YamlNode node, String path, Function<String, T> reading) {
        if (!(node instanceof Text text)) {
            expected(node, path, "one value");
            return null;
        }
        if (text.isNull()) {
            problems.add(node, path, "is empty");
            return null;
        }
        try {
            return reading.apply(text.value());
        } catch (SandboxException | IllegalArgumentException e) {
            problems.add(node, path, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Returns a list of at least one value; null if one of them is wrong. */
    public <T> @Nullable List<T> list(YamlNode node, String path, Function<String, T> reading) {
        if (!(node instanceof Sequence sequence)) {
            expected(node, path, "a list such as [a, b]");
            return null;
        }
        if (sequence.items().isEmpty()) {
            problems.add(node, path, "is empty");
            return null;
        }
        List<T> values = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            T value = one(sequence.items().get(i), path + "[" + i + "]", reading);
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == sequence.items().size() ? values : null;
    }

    /** Returns the entries of a mapping whose keys are names. An empty value, as when all entries are commented out, has none. */
    public List<Entry> names(@Nullable YamlNode node, String path) {
        if (node != null && !hasNames(node)) {
            expected(node, path, "keys with values");
        }
        return node instanceof Mapping mapping ? mapping.entries() : List.of();
    }

    /** Returns true if {@link #names} accepts the node without a problem. */
    public static boolean hasNames(YamlNode node) {
        return node instanceof Mapping || node instanceof Text text && text.isNull();
    }

    private void expected(YamlNode node, String path, String what) {
        String found = switch (node) {
            case Broken reported -> null;
            case Text text -> text.isNull() ? "is empty" : "is one value";
            case Sequence sequence -> "is a list";
            case Mapping mapping -> "has keys of its own";
        };
        if (found != null) {
            problems.add(node, path, found + "; expected " + what);
        }
    }
}
