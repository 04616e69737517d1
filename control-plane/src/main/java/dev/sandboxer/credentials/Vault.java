package dev.sandboxer.credentials;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import dev.sandboxer.extension.ExtensionId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Seals the fields of credentials by envelope encryption: each with a random key of its own, which the master key seals. Id,
 * owner and extension are associated data, so a sealed text opens only in its own row.
 */
final class Vault {
    private static final TypeReference<Map<String, String>> FIELDS = new TypeReference<>() {};
    private static final JsonMapper JSON = new JsonMapper();

    private final Aead envelope;

    Vault(KeysetHandle masterKeys) {
        try {
            this.envelope = KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, MasterKeys.aead(masterKeys));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES is not available", e);
        }
    }

    /** Seals a key that servers share; it opens under its own name only. */
    String sealKey(byte[] key, String name) {
        try {
            return Base64.getEncoder().encodeToString(envelope.encrypt(key, keyName(name)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key could not be sealed", e);
        }
    }

    /**
     * Opens a key that servers share.
     *
     * @throws GeneralSecurityException if it was sealed with another master key or under another name, or was changed
     */
    byte[] openKey(String sealed, String name) throws GeneralSecurityException {
        try {
            return envelope.decrypt(Base64.getDecoder().decode(sealed), keyName(name));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("it is damaged"); // without the cause, which may show a part of it
        }
    }

    /** Returns the associated data of a shared key. No {@link Place} begins like it. */
    private static byte[] keyName(String name) {
        return ("shared key " + name).getBytes(StandardCharsets.UTF_8);
    }

    /** The row to which a sealed text is bound. */
    record Place(CredentialId id, Owner owner, ExtensionId extension) {
        /** Returns the associated data, with lengths so that no two places give the same bytes. */
        private byte[] associated() {
            var text = new StringBuilder();
            for (String part : new String[] {id.value(), owner.toRow(), extension.value()}) {
                text.append(part.length()).append(':').append(part);
            }
            return text.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    String seal(Map<String, String> fields, Place place) {
        try {
            return Base64.getEncoder()
                    .encodeToString(envelope.encrypt(JSON.writeValueAsBytes(fields), place.associated()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the credential could not be sealed", e);
        }
    }

    /**
     * Opens the fields of a credential.
     *
     * @throws GeneralSecurityException if they were sealed with another master key or for another place, or were changed
     */
    Map<String, String> open(String sealed, Place place) throws GeneralSecurityException {
        try {
            return JSON.readValue(envelope.decrypt(Base64.getDecoder().decode(sealed), place.associated()), FIELDS);
        } catch (IllegalArgumentException | JacksonException e) {
            throw new GeneralSecurityException("it is damaged"); // without the cause, which may show a part of it
        }
    }
}
