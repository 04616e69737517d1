package dev.sandboxer.observe;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Removes secrets from text that leaves this process: log lines, responses, output, rows. Knows every value that was read as a
 * secret, and its usual encodings. Hides any 16 consecutive characters of a secret, ignoring case and escapes. There is one for the whole
 * process. Thread-safe.
 */
public final class Redactor {
    public static final String HIDDEN = "[hidden]";

    /** Shorter values are too weak to be secrets, and hiding them would damage ordinary words. */
    private static final int MIN_LENGTH = KnownForms.BLOCK;

    /** How many levels of escapes are undone. */
    private static final int ESCAPES = 3;

    private static final Pattern SECRET_NAME = Pattern.compile(".*_(KEY|TOKEN|SECRET|PASSWORD)");

    /** All known forms. The index is rebuilt if the list is replaced. */
    private static volatile List<String> forms = List.of();

    private static volatile Index index = new Index(forms, new KnownForms());

    private Redactor() {}

    /**
     * An index of the known forms.
     *
     * @param forms the forms that it finds
     */
    private record Index(List<String> forms, KnownForms known) {}

    /** Hides these secrets from now on. */
    public static synchronized void know(Collection<String> secrets) {
        var known = index();
        var all = new ArrayList<String>();
        for (String secret : secrets) {
            if (secret.length() >= MIN_LENGTH && !known.has(secret)) {
                addForms(secret, all);
            }
        }
        if (!all.isEmpty()) {
            all.forEach(known::add);
            all.addAll(0, forms);
            forms = List.copyOf(all);
            index = new Index(forms, known);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a new list always needs a new index
    private static KnownForms index() {
        var current = index;
        if (current.forms != forms) {
            synchronized (Redactor.class) {
                current = index;
                if (current.forms != forms) {
                    current = new Index(forms, new KnownForms());
                    current.forms.forEach(current.known::add);
                    index = current;
                }
            }
        }
        return current.known;
    }

    /** Hides the values of all variables whose name looks like that of a secret. */
    public static void registerEnvironment(Map<String, String> variables) {
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
        all.add(HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8)));
        for (int shift = 0; shift < 3; shift++) {
            addBase64(secret, shift, all);
        }
    }

    /** Adds the Base64 forms of a secret inside a longer text, such as {@code user:password}, without the ambiguous ends. */
    private static void addBase64(String secret, int shift, Collection<String> all) {
        var bytes = ("x".repeat(shift) + secret).getBytes(StandardCharsets.UTF_8);
        for (var encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            var text = encoder.withoutPadding().encodeToString(bytes);
            var from = shift == 0 ? 0 : shift + 1;
            var to = bytes.length % 3 == 0 ? text.length() : text.length() - 1;
            if (to - from >= MIN_LENGTH) {
                all.add(text.substring(from, to));
            }
        }
    }

    /** Returns the text with known secrets replaced by {@link #HIDDEN}. */
    public static String clean(String text) {
        var known = index();
        if (known.isEmpty() || text.length() < MIN_LENGTH) {
            return text;
        }
        var secret = new BitSet();
        var view = DecodedText.of(text);
        known.mark(view, secret);
        for (int i = 0; i < ESCAPES && view.mayHaveEscapes(); i++) {
            view = view.decode();
            known.mark(view, secret);
        }
        return secret.isEmpty() ? text : without(text, secret);
    }

    private static String without(String text, BitSet secret) {
        var clean = new StringBuilder(text.length());
        int at = 0;
        for (int from = secret.nextSetBit(0); from >= 0; from = secret.nextSetBit(at)) {
            clean.append(text, at, from).append(HIDDEN);
            at = secret.nextClearBit(from);
        }
        return clean.append(text, at, text.length()).toString();
    }
}
