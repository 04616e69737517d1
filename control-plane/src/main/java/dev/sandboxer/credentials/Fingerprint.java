package dev.sandboxer.credentials;

import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A keyed hash that tells whether two credentials are equal, without storing either. Ignores the case of keys, because backends that decode
 * hexadecimal digits accept both cases, and two random keys never differ by case only. Also ignores trailing slashes of addresses.
 *
 * @param key the hash's key, which never changes
 * @param place where the key is kept, for messages
 */
record Fingerprint(Supplier<byte[]> key, String place) {
    /** Returns the hash of the secret fields: equal for credentials with the same key. */
    String of(Extension extension, Map<String, String> fields) {
        return hash(extension, fields, CredentialField::secret);
    }

    /** Returns the hash of all fields: equal for credentials of the same account at the same address. */
    String ofAccount(Extension extension, Map<String, String> fields) {
        return hash(extension, fields, _ -> true);
    }

    private String hash(Extension extension, Map<String, String> fields, Predicate<CredentialField> which) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.get(), "HmacSHA256"));
            for (CredentialField field : extension.credentialFields()) {
                if (which.test(field)) {
                    var value = normalized(field, fields.getOrDefault(field.name(), ""))
                            .getBytes(StandardCharsets.UTF_8);
                    mac.update((field.name() + ":" + value.length + ":").getBytes(StandardCharsets.UTF_8));
                    mac.update(value);
                }
            }
            return HexFormat.of().formatHex(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC is not available", e);
        }
    }

    private static String normalized(CredentialField field, String value) {
        if (field.secret()) {
            return value.toLowerCase(Locale.ROOT);
        }
        var end = value.length();
        while (end > 0 && value.charAt(end - 1) == '/') {
            end--;
        }
        return value.substring(0, end);
    }
}
