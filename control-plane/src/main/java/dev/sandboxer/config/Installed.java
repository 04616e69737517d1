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
 * What names of extensions and of their templates are compared with.
 *
 * @param extensions null when any name will do
 */
record Installed(@Nullable Collection<Extension> extensions) {
    static final Installed ANYTHING = new Installed(null);

    /** How backends call the disks that were kept of sandboxes, which only they know. */
    private static final String SNAPSHOT = "snapshot:";

    /**
     * @throws IllegalArgumentException when it is no id, or none of an extension that there is
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
     * @throws IllegalArgumentException when the extension says that it has no such template
     */
    String template(ExtensionId id, String template) {
        Collection<String> known = find(id).map(Extension::templates).orElse(Set.of());
        if (!known.isEmpty() && !known.contains(template) && !template.startsWith(SNAPSHOT)) {
            throw unknown(Spelling.quoted(template) + " is no template of " + id, template, known);
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
