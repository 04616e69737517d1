package dev.sandboxer.extension.tck;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** Generates content for files and streams, and hashes it. */
public final class Bytes {
    private Bytes() {}

    /**
     * {@return random bytes}
     *
     * @param length how many
     * @param seed the same seed gives the same bytes
     */
    public static byte[] random(int length, long seed) {
        var bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    /**
     * Returns the 256 byte values in order, four times.
     *
     * @return 1024 bytes
     */
    public static byte[] everyValue() {
        var bytes = new byte[1024];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    /**
     * {@return the SHA-256 as hexadecimal digits}
     *
     * @param bytes what to hash
     */
    public static String sha256(byte[] bytes) {
        return hex(digest().digest(bytes));
    }

    /**
     * {@return bytes as hexadecimal digits}
     *
     * @param digest the bytes to write
     */
    public static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }

    /** {@return a new SHA-256 digest} */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
