package dev.sandboxer.modal.control;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Shortens names to Modal's limit of 64 characters. */
final class ModalName {
    private static final int MAX_LENGTH = 60;
    private static final int HASH = 40;

    private ModalName() {}

    /** Returns the name, or a name made of its hash if it is too long. */
    static String of(String name) {
        return name.length() <= MAX_LENGTH ? name : "sandboxer-" + hash(name).substring(0, HASH);
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
