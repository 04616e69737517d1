package dev.sandboxer.observe;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Takes secrets out of what is about to leave this process: log lines, answers, output, rows. Knows every value that was read
 * as a secret, in the forms in which others tend to repeat it. One for the whole process, as its sinks are; thread-safe.
 */
public final class Redactor {
    public static final String HIDDEN = "[hidden]";

    /** Shorter ones are no secrets worth the name, and would make holes into ordinary words. */
    private static final int SHORTEST = 8;

    private static final Pattern SECRET_NAME = Pattern.compile(".*_(KEY|TOKEN|SECRET|PASSWORD)");

    /** Longest first, as one form may hold another. Replaced as a whole, so that reading needs no lock. */
    private static volatile List<String> forms = List.of();

    private Redactor() {}

    /** From now on these are hidden wherever text leaves. */
    public static synchronized void know(Collection<String> secrets) {
        var all = new TreeSet<>(Redactor::longestFirst);
        all.addAll(forms);
        for (String secret : secrets) {
            if (secret.length() >= SHORTEST) {
                addForms(secret, all);
            }
        }
        forms = List.copyOf(all);
    }

    /** Without the comparators of the JDK, which make every command slower: docs/decisions/speed.md. */
    private static int longestFirst(String one, String other) {
        var byLength = Integer.compare(other.length(), one.length());
        return byLength == 0 ? one.compareTo(other) : byLength;
    }

    /** The values of the variables that have the name of a secret, whoever may want them. */
    public static void knowEnvironment(Map<String, String> variables) {
        know(variables.entrySet().stream()
                .filter(variable -> SECRET_NAME.matcher(variable.getKey()).matches())
                .map(Map.Entry::getValue)
                .toList());
    }

    private static void addForms(String secret, Collection<String> all) {
        all.add(secret);
        all.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
        all.add(URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20"));
        all.add(secret.replace("\\", "\\\\").replace("\"", "\\\""));
        for (int shift = 0; shift < 3; shift++) {
            addBase64(secret, shift, all);
        }
    }

    /** As a part of something longer that was encoded, such as a user and a password; so without the characters at its ends. */
    private static void addBase64(String secret, int shift, Collection<String> all) {
        var bytes = ("x".repeat(shift) + secret).getBytes(StandardCharsets.UTF_8);
        for (var encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            var text = encoder.withoutPadding().encodeToString(bytes);
            var from = shift == 0 ? 0 : shift + 1;
            var to = bytes.length % 3 == 0 ? text.length() : text.length() - 1;
            if (to - from >= SHORTEST) {
                all.add(text.substring(from, to));
            }
        }
    }

    /** The text without what is known to be secret. */
    public static String clean(String text) {
        var clean = text;
        for (String form : forms) {
            if (clean.contains(form)) {
                clean = clean.replace(form, HIDDEN);
            }
        }
        return clean;
    }
}
