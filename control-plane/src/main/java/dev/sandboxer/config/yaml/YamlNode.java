package dev.sandboxer.config.yaml;

import java.util.List;

/** A part of a YAML document and its position; line and column count from 1. */
public sealed interface YamlNode {
    int line();

    int column();

    /** @param plain written without quotes, so that an empty text, {@code ~} and {@code null} mean that there is no value */
    record Text(String value, boolean plain, int line, int column) implements YamlNode {
        public boolean isNull() {
            return plain && (value.isEmpty() || value.equals("~") || value.equalsIgnoreCase("null"));
        }
    }

    record Sequence(List<YamlNode> items, int line, int column) implements YamlNode {}

    record Mapping(List<Entry> entries, int line, int column) implements YamlNode {}

    /** A part that has already been reported as a problem. */
    record Broken(int line, int column) implements YamlNode {}

    record Entry(Text key, YamlNode value) {}

    /** Returns the path of a key below another path, such as {@code profiles.profile.ci}. */
    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
