package dev.sandboxer.capabilities;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that this system can do.
 *
 * @param id a group's letter and a number, such as {@code A5}; never given to anything else
 * @param about one line for people
 * @param missing what a {@link Status#PARTIAL} one lacks; null for all others
 * @param extensions those it holds for; empty when it is not about extensions
 * @param declares what extensions declare of it
 * @param evidence the tests that prove it
 */
public record RegisteredCapability(
        String id,
        String name,
        String about,
        Status status,
        @Nullable String missing,
        List<ExtensionId> extensions,
        List<Capability> declares,
        List<Evidence> evidence) {
    public RegisteredCapability {
        extensions = List.copyOf(extensions);
        declares = List.copyOf(declares);
        evidence = List.copyOf(evidence);
    }

    /** How far it is. */
    public enum Status {
        AVAILABLE,
        PARTIAL,
        PLANNED;

        /** As users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The letter of its group. */
    public String group() {
        return id.substring(0, 1);
    }
}
