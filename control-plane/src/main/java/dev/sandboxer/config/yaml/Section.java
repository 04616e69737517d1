package dev.sandboxer.config.yaml;

import dev.sandboxer.config.yaml.YamlNode.Entry;
import dev.sandboxer.profiles.Spelling;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A mapping with known keys. Any other key is reported as a problem; so is a missing or wrong value, which becomes null. */
public final class Section {
    private final YamlNode place;
    private final boolean usable;
    private final String path;
    private final Problems problems;
    private final Values values;
    private final Map<String, YamlNode> nodes = new HashMap<>();

    /**
     * @param place where to report what is missing
     * @param node the mapping
     */
    public Section(YamlNode place, YamlNode node, String path, List<String> known, Problems problems) {
        this.place = place;
        this.usable = Values.hasNames(node);
        this.path = path;
        this.problems = problems;
        this.values = new Values(problems);
        for (Entry entry : values.names(node, path)) {
            String key = entry.key().value();
            if (known.contains(key)) {
                nodes.put(key, entry.value());
            } else {
                List<String> nearest = Spelling.nearest(key, known);
                String hint =
                        nearest.isEmpty() ? "; known are " + String.join(", ", known) : Spelling.didYouMean(nearest);
                problems.add(entry.key(), path(Spelling.shortened(key)), "is not a known key" + hint);
            }
        }
    }

    public String path(String key) {
        return YamlNode.join(path, key);
    }

    public @Nullable YamlNode node(String key) {
        return nodes.get(key);
    }

    public <T> @Nullable T required(String key, Function<String, T> reading) {
        YamlNode node = present(key);
        return node == null ? null : values.one(node, path(key), reading);
    }

    public <T> @Nullable T optional(String key, Function<String, T> reading) {
        YamlNode node = nodes.get(key);
        return node == null ? null : values.one(node, path(key), reading);
    }

    public <T> @Nullable List<T> requiredList(String key, Function<String, T> reading) {
        YamlNode node = present(key);
        return node == null ? null : values.list(node, path(key), reading);
    }

    /** Returns the values of a list; empty if the list is absent or one of its values is wrong. */
    public <T> List<T> optionalList(String key, Function<String, T> reading) {
        YamlNode node = nodes.get(key);
        List<T> found = node == null ? null : values.list(node, path(key), reading);
        return found == null ? List.of() : found;
    }

    /** Returns the entries of a mapping whose keys are names; none if it is absent. */
    public List<Entry> names(String key) {
        return values.names(nodes.get(key), path(key));
    }

    /** Reports a problem with the value of a key, or with its absence. */
    public void problem(String key, String message) {
        problems.add(nodes.getOrDefault(key, place), path(key), message);
    }

    private @Nullable YamlNode present(String key) {
        YamlNode node = nodes.get(key);
        if (node == null && usable) {
            problem(key, "is missing");
        }
        return node;
    }
}
