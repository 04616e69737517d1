package dev.sandboxer.extension.support;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Takes secrets out of texts that come from elsewhere, in every form in which they may have been echoed: plain, escaped for a
 * URL, in hexadecimal, and in base64 whatever stands before and after them. Immutable.
 */
public final class Redaction {
    private static final String INSTEAD = "[redacted]";
    private static final int LONGEST = 300;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}]");

    private final List<Pattern> forms;

    /**
     * Knows the secrets in all their forms.
     *
     * @param secrets in plain; empty ones are ignored
     */
    public Redaction(String... secrets) {
        var all = new LinkedHashSet<String>();
        for (String secret : secrets) {
            var bytes = secret.getBytes(StandardCharsets.UTF_8);
            all.add(secret);
            all.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
            all.add(everyByteEscaped(bytes));
            all.add(HexFormat.of().formatHex(bytes));
            addBase64(all, bytes);
        }
        forms = all.stream()
                .filter(form -> !form.isEmpty())
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(form -> Pattern.compile(Pattern.quote(form), Pattern.CASE_INSENSITIVE))
                .toList();
    }

    /**
     * One line, without the secrets, cut at 300 characters.
     *
     * @param text as it came
     * @return what may be shown
     */
    public String line(String text) {
        var clean = UNPRINTABLE.matcher(text).replaceAll("?");
        for (Pattern form : forms) {
            clean = form.matcher(clean).replaceAll(INSTEAD);
        }
        clean = clean.strip();
        return clean.length() <= LONGEST ? clean : clean.substring(0, LONGEST) + "...";
    }

    private static String everyByteEscaped(byte[] bytes) {
        var text = new StringBuilder();
        for (byte one : bytes) {
            text.append(String.format(Locale.ROOT, "%%%02x", one));
        }
        return text.toString();
    }

    /** The characters that the secret alone decides, for each of the three places at which it can begin. */
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
