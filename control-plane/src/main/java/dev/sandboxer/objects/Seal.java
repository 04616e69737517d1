package dev.sandboxer.objects;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Seals contents (AES-256-GCM); a sealed text opens in its own row only. Thread-safe. */
final class Seal {
    private static final String ALGORITHM = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;

    /** @param key 256 bits */
    Seal(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    /** @param place consumer, kind and id of the row */
    String seal(String content, List<String> place) {
        var nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            var sealed = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(content.getBytes(StandardCharsets.UTF_8));
            var whole =
                    ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed);
            return Base64.getEncoder().encodeToString(whole.array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES", e);
        }
    }

    /**
     * @throws GeneralSecurityException when it was sealed with another key, for another row, or was changed
     */
    String open(String sealed, List<String> place) throws GeneralSecurityException {
        byte[] whole;
        try {
            whole = Base64.getDecoder().decode(sealed);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("it is damaged"); // without the cause, which may show a part of it
        }
        if (whole.length < NONCE_BYTES) {
            throw new GeneralSecurityException("it is damaged");
        }
        var nonce = new byte[NONCE_BYTES];
        System.arraycopy(whole, 0, nonce, 0, NONCE_BYTES);
        var content = cipher(Cipher.DECRYPT_MODE, nonce, place).doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES);
        return new String(content, StandardCharsets.UTF_8);
    }

    private Cipher cipher(int mode, byte[] nonce, List<String> place) throws GeneralSecurityException {
        var cipher = Cipher.getInstance(ALGORITHM);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        var bound = new StringBuilder();
        place.forEach(part -> bound.append(part.length()).append(':').append(part));
        cipher.updateAAD(bound.toString().getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
