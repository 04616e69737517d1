package dev.sandboxer.capabilities;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One capability of this system.
 *
 * @param id a group's letter and a number, such as {@code A5}; never reused
 * @param about one line for people
 * @param missing what a {@link Status#PARTIAL} capability lacks; null for all others
 * @param extensions the extensions that have it; empty if it does not concern extensions
 * @param declares the SDK capabilities that extensions declare for it
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

    /** The state of its implementation. */
    public enum Status {
        AVAILABLE,
        PARTIAL,
        PLANNED;

        /** Returns the status as users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns the letter of its group. */
    public String group() {
        return id.substring(0, 1);
    }
}
