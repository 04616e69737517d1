package dev.sandboxer.extension.support.redaction;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Removes secrets from untrusted text, in every form in which they may have been echoed: plain, escaped for a URL, HTML or JSON, in
 * hexadecimal, and in base64 together with other text. Removes any 16 consecutive characters of a secret; a shorter secret is removed only
 * as a whole. Immutable.
 */
public final class Redaction {
    private static final String INSTEAD = "[redacted]";
    private static final int MAX_LENGTH = 300;

    /** The shortest part of a secret that is removed, in characters. A part of this length contains a whole aligned {@link #BLOCK}. */
    private static final int RUN = 16;

    private static final int BLOCK = RUN / 2;

    /** The number of layers of escapes that are decoded. */
    private static final int ESCAPES = 3;

    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}]");

    /** All forms of the secrets, in lower case. */
    private final List<String> forms;

    /**
     * Creates a redaction of the given secrets.
     *
     * @param secrets the secrets in plain text; empty ones are ignored
     */
    public Redaction(String... secrets) {
        var all = new LinkedHashSet<String>();
        for (String secret : secrets) {
            var bytes = secret.getBytes(StandardCharsets.UTF_8);
            all.add(secret);
            all.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
            all.add(HexFormat.of().formatHex(bytes));
            addBase64(all, bytes);
        }
        forms = all.stream()
                .filter(form -> !form.isEmpty())
                .map(Redaction::lower)
                .toList();
    }

    /**
     * Returns a text as one line without the secrets, cut at 300 characters.
     *
     * @param text the original text
     * @return text that may be shown
     */
    public String line(String text) {
        var clean = hide(UNPRINTABLE.matcher(text).replaceAll("?")).strip();
        return clean.length() <= MAX_LENGTH ? clean : clean.substring(0, MAX_LENGTH) + "...";
    }

    private String hide(String text) {
        var secret = new BitSet();
        var view = DecodedText.of(text);
        mark(view, secret);
        for (int i = 0; i < ESCAPES && view.mayHaveEscapes(); i++) {
            view = view.decode();
            mark(view, secret);
        }
        var clean = new StringBuilder();
        int at = 0;
        for (int from = secret.nextSetBit(0); from >= 0; from = secret.nextSetBit(at)) {
            clean.append(text, at, from).append(INSTEAD);
            at = secret.nextClearBit(from);
        }
        return clean.append(text, at, text.length()).toString();
    }

    private void mark(DecodedText view, BitSet secret) {
        var text = lower(view.text());
        for (String form : forms) {
            var length = Math.min(BLOCK, form.length());
            for (int offset = 0; offset + length <= form.length(); offset += length) {
                var block = form.substring(offset, offset + length);
                for (int at = text.indexOf(block); at >= 0; at = text.indexOf(block, at + 1)) {
                    mark(form, offset, text, at, view.origins(), secret);
                }
            }
        }
    }

    /** Marks the longest common substring of text and form around a common block. */
    private static void mark(String form, int offset, String text, int at, int[] origins, BitSet secret) {
        int before = 0;
        while (before < Math.min(at, offset) && text.charAt(at - before - 1) == form.charAt(offset - before - 1)) {
            before++;
        }
        int after = 0;
        while (after < Math.min(text.length() - at, form.length() - offset)
                && text.charAt(at + after) == form.charAt(offset + after)) {
            after++;
        }
        if (before + after >= Math.min(RUN, form.length())) {
            secret.set(origins[at - before], origins[at + after]);
        }
    }

    /** Converts only ASCII letters, so that no character changes its position. */
    private static String lower(String text) {
        var chars = text.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            if (chars[i] >= 'A' && chars[i] <= 'Z') {
                chars[i] = (char) (chars[i] + 'a' - 'A');
            }
        }
        return new String(chars);
    }

    /** Adds the base64 characters that depend on the secret alone, for each of the three possible alignments. */
    private static void addBase64(Set<String> all, byte[] bytes) {
        for (int before = 0; before < 3; before++) {
            var padded = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, padded, before, bytes.length);
            var from = (before * 8 + 5) / 6;
            var to = padded.length * 8 / 6;
            if (to - from >= 8) {
                all.add(Base64.getEncoder().encodeToString(padded).substring(from, to));
                all.add(Base64.getUrlEncoder().encodeToString(padded).substring(from, to));
            }
        }
    }
}
