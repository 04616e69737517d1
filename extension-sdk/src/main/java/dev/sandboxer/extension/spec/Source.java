package dev.sandboxer.extension.spec;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The template or image that a sandbox starts from. */
public sealed interface Source {
    /**
     * A template that the backend already has.
     *
     * @param name in the backend's own terms; for a snapshot its {@code BackendSnapshot.template()}
     */
    record Template(String name) implements Source {
        /** Rejects a blank name. */
        public Template {
            if (name.isBlank()) {
                throw new IllegalArgumentException("a template needs a name");
            }
        }
    }

    /**
     * An image of a container registry.
     *
     * @param reference as {@code docker pull} takes it, such as {@code debian:13} or {@code ghcr.io/o/r@sha256:...}; at most
     *     {@value #MAX_REFERENCE_LENGTH} characters
     * @param credential login of the registry; null = anonymous
     */
    record Image(String reference, @Nullable RegistryCredential credential) implements Source {
        /** The longest reference in characters. */
        public static final int MAX_REFERENCE_LENGTH = 512;

        private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@+-]*");

        /** Checks the reference. */
        public Image {
            if (reference.length() > MAX_REFERENCE_LENGTH
                    || !FORM.matcher(reference).matches()) {
                throw new IllegalArgumentException(
                        "not an image: " + Quoted.of(reference) + " (expected a reference such as debian:13)");
            }
        }
    }
}
