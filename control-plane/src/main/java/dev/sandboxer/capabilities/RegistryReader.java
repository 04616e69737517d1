package dev.sandboxer.capabilities;

import dev.sandboxer.capabilities.RegisteredCapability.Status;
import dev.sandboxer.config.units.Words;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.config.yaml.Section;
import dev.sandboxer.config.yaml.Values;
import dev.sandboxer.config.yaml.YamlNode;
import dev.sandboxer.config.yaml.YamlNode.Entry;
import dev.sandboxer.config.yaml.YamlReader;
import dev.sandboxer.extension.ExtensionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the capability registry. */
final class RegistryReader {
    private static final Pattern GROUP = Pattern.compile("[A-Z]");
    private static final Pattern ID = Pattern.compile("[A-Z][1-9][0-9]?");
    private static final List<String> KEYS =
            List.of("name", "about", "status", "missing", "extensions", "declares", "evidence");

    private final Problems problems;

    RegistryReader(Problems problems) {
        this.problems = problems;
    }

    /** Returns the valid entries and reports the others. Returns null if the text can't be read as YAML. */
    @Nullable CapabilityRegistry read(String text) {
        var root = YamlReader.read(text, problems);
        if (root == null) {
            return null;
        }
        var file = new Section(root, root, "", List.of("groups", "capabilities"), problems);
        var groups = new LinkedHashMap<String, String>();
        for (Entry entry : file.names("groups")) {
            var letter = entry.key().value();
            var name = new Values(problems).one(entry.value(), YamlNode.join("groups", letter), String::strip);
            if (!GROUP.matcher(letter).matches()) {
                problems.add(entry.key(), YamlNode.join("groups", letter), "not a capital letter");
            } else if (name != null) {
                groups.put(letter, name);
            }
        }
        var capabilities = new ArrayList<RegisteredCapability>();
        for (Entry entry : file.names("capabilities")) {
            var one = capability(entry);
            if (one != null && !groups.containsKey(one.group())) {
                problems.add(entry.key(), YamlNode.join("capabilities", one.id()), "its group has no name");
            } else if (one != null) {
                capabilities.add(one);
            }
        }
        return new CapabilityRegistry(groups, capabilities);
    }

    private @Nullable RegisteredCapability capability(Entry entry) {
        var id = entry.key().value();
        var path = YamlNode.join("capabilities", id);
        if (!ID.matcher(id).matches()) {
            problems.add(entry.key(), path, "not an id such as A5");
            return null;
        }
        var section = new Section(entry.key(), entry.value(), path, KEYS, problems);
        var name = section.required("name", String::strip);
        var about = section.required("about", String::strip);
        var status = section.required("status", RegistryReader::status);
        var missing = section.optional("missing", String::strip);
        var evidence = section.optionalList("evidence", Evidence::parse);
        if (name == null || about == null || status == null) {
            return null;
        }
        if (status == Status.PARTIAL != (missing != null)) {
            section.problem("missing", "must be given if and only if the status is partial");
        }
        if (status == Status.PLANNED != evidence.isEmpty()) {
            section.problem("evidence", "must be given unless the status is planned");
        }
        return new RegisteredCapability(
                id,
                name,
                about,
                status,
                missing,
                section.optionalList("extensions", ExtensionId::new),
                section.optionalList("declares", Words::capability),
                evidence);
    }

    private static Status status(String text) {
        for (Status status : Status.values()) {
            if (status.text().equals(text)) {
                return status;
            }
        }
        throw new IllegalArgumentException("not a status: \"" + text + "\" (expected available, partial or planned)");
    }
}
