package dev.sandboxer.lifecycle.state;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/** The id of a sandbox: {@code s} and 19 random letters and digits (95 bits), fit for a host name and a URL. */
public record SandboxId(String value) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9]{1,40}");
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int LENGTH = 20;

    public SandboxId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a sandbox id: " + value);
        }
    }

    public static SandboxId random() {
        return new SandboxId(randomText());
    }

    /** Returns a random text in the form of a sandbox id. Other ids use it too. */
    public static String randomText() {
        var bytes = new byte[LENGTH - 1];
        Randomness.SOURCE.nextBytes(bytes);
        var text = new StringBuilder("s");
        for (byte random : bytes) {
            text.append(ALPHABET.charAt(random & 31));
        }
        return text.toString();
    }

    private static final class Randomness {
        static final SecureRandom SOURCE = new SecureRandom();
    }

    @Override
    public String toString() {
        return value;
    }
}
