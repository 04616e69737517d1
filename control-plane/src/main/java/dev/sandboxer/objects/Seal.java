package dev.sandboxer.objects;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.util.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;

/** Encrypts contents with AES-256-GCM. A sealed text can be decrypted only for its own row. Thread-safe. */
final class Seal {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    private final Aead aead;

    /** @param key 256 bits */
    @AccessesPartialKey // the key is derived by us, so its parameters are ours too
    Seal(byte[] key) {
        try {
            var parameters = AesGcmParameters.builder()
                    .setKeySizeBytes(KEY_BYTES)
                    .setIvSizeBytes(NONCE_BYTES)
                    .setTagSizeBytes(TAG_BYTES)
                    .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                    .build();
            this.aead = AesGcmJce.create(AesGcmKey.builder()
                    .setParameters(parameters)
                    .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
                    .build());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES", e);
        }
    }

    /** @param place consumer, kind and id of the row */
    String seal(String content, List<String> place) {
        try {
            var sealed = aead.encrypt(content.getBytes(StandardCharsets.UTF_8), associated(place));
            return Base64.getEncoder().encodeToString(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES", e);
        }
    }

    /**
     * Decrypts a sealed text.
     *
     * @throws GeneralSecurityException if it was sealed with another key or for another row, or was changed
     */
    String open(String sealed, List<String> place) throws GeneralSecurityException {
        try {
            var content = aead.decrypt(Base64.getDecoder().decode(sealed), associated(place));
            return new String(content, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("it is damaged"); // without the cause, which may contain the text
        }
    }

    /** Returns the associated data, with lengths so that no two places give the same bytes. */
    private static byte[] associated(List<String> place) {
        var bound = new StringBuilder();
        place.forEach(part -> bound.append(part.length()).append(':').append(part));
        return bound.toString().getBytes(StandardCharsets.UTF_8);
    }
}
