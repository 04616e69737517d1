package dev.sandboxer.config;

import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.profiles.Spelling;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The installed extensions, to check the names of extensions and templates in a file.
 *
 * @param extensions null to accept any name
 */
record Installed(@Nullable Collection<Extension> extensions) {
    static final Installed ANYTHING = new Installed(null);

    /** Prefix of a backend's own snapshots, which no list of templates contains. */
    private static final String SNAPSHOT = "snapshot:";

    /**
     * Reads the id of an extension.
     *
     * @throws IllegalArgumentException when the text is not an id, or no such extension is installed
     */
    ExtensionId id(String text) {
        ExtensionId id = new ExtensionId(text);
        if (extensions != null && find(id).isEmpty()) {
            throw unknown(
                    id + " is not installed here",
                    text,
                    extensions.stream().map(extension -> extension.id().value()).toList());
        }
        return id;
    }

    /**
     * Returns the name of a template of the extension.
     *
     * @throws IllegalArgumentException when the extension lists its templates and this is not one of them
     */
    String template(ExtensionId id, String template) {
        Collection<String> known = find(id).map(Extension::templates).orElse(Set.of());
        if (!known.isEmpty() && !known.contains(template) && !template.startsWith(SNAPSHOT)) {
            throw unknown(Spelling.quoted(template) + " is not a template of " + id, template, known);
        }
        return template;
    }

    private Optional<Extension> find(ExtensionId id) {
        return extensions == null
                ? Optional.empty()
                : extensions.stream()
                        .filter(extension -> extension.id().equals(id))
                        .findFirst();
    }

    private static IllegalArgumentException unknown(String what, String text, Collection<String> known) {
        List<String> nearest = Spelling.nearest(text, known);
        List<String> all = known.stream().sorted().toList();
        String others = all.isEmpty() ? "" : "; there are " + String.join(", ", all);
        return new IllegalArgumentException(what + (nearest.isEmpty() ? others : Spelling.didYouMean(nearest)));
    }
}
