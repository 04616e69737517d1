package dev.sandboxer.profiles;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Template names that clients hard-code, such as {@code code-interpreter-v1}, with the profile for each. Immutable.
 *
 * @param profiles the profile by name; {@code *} in a name stands for any text
 */
public record TemplateNames(Map<String, ProfileName> profiles) {
    public static final TemplateNames NONE = new TemplateNames(Map.of());

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9*][A-Za-z0-9._/:@*-]{0,254}");

    /** Creates the names. Keeps the order of the map. */
    public TemplateNames {
        profiles = Collections.unmodifiableMap(new LinkedHashMap<>(profiles));
    }

    /**
     * Returns the name of a template, or a pattern for names, after checking its form.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static String requireName(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(Spelling.quoted(text)
                    + " is neither a template's name nor a pattern for names (example: mastra-*)");
        }
        return text;
    }

    /** Returns these names, followed by the other names that are not among these. */
    public TemplateNames orElse(TemplateNames other) {
        var all = new LinkedHashMap<>(profiles);
        other.profiles.forEach(all::putIfAbsent);
        return new TemplateNames(all);
    }

    /** Returns the profile for a template: by its exact name, else by the first pattern that matches. */
    public Optional<ProfileName> find(String template) {
        var exact = profiles.get(template);
        return exact != null
                ? Optional.of(exact)
                : profiles.entrySet().stream()
                        .filter(entry -> matches(entry.getKey(), template))
                        .map(Map.Entry::getValue)
                        .findFirst();
    }

    private static boolean matches(String pattern, String template) {
        return pattern.indexOf('*') >= 0
                && Pattern.matches(
                        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                        template);
    }

    /** Returns the exact names, without patterns, that map to a profile. */
    public List<String> of(ProfileName profile) {
        var names = new ArrayList<String>();
        profiles.forEach((name, mapped) -> {
            if (mapped.equals(profile) && name.indexOf('*') < 0) {
                names.add(name);
            }
        });
        return names;
    }
}
