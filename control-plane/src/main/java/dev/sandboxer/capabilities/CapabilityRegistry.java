package dev.sandboxer.capabilities;

import dev.sandboxer.config.yaml.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * The capability registry: what this system can do.
 *
 * @param groups the names of the groups by letter, in order
 * @param capabilities in the order of their ids
 */
public record CapabilityRegistry(SequencedMap<String, String> groups, List<RegisteredCapability> capabilities) {
    private static final String FILE = "capabilities.yaml";

    public CapabilityRegistry {
        capabilities = List.copyOf(capabilities);
    }

    /** Returns the name of a capability's group. */
    String group(RegisteredCapability capability) {
        return Objects.requireNonNull(groups.get(capability.group()));
    }

    /** Returns the registry that comes with sand-boxer. */
    public static CapabilityRegistry builtIn() {
        try (InputStream in = CapabilityRegistry.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("the capability registry is not on the class path");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a registry.
     *
     * @throws IllegalStateException with all problems of the text
     */
    static CapabilityRegistry parse(String text) {
        var problems = new Problems(FILE);
        var registry = new RegistryReader(problems).read(text);
        if (registry == null || !problems.isEmpty()) {
            throw new IllegalStateException("the capability registry is invalid: " + problems.all());
        }
        return registry;
    }
}
