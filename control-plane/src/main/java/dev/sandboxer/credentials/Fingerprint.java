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
 * Tells whether two credentials are the same, without either: a keyed hash. Keys that differ in capitals count as one, because
 * backends that decode hexadecimal digits take them for one, and no two others come so close by chance; addresses that differ
 * in slashes at their end count as one too.
 *
 * @param key of the hash; the same for ever
 * @param place where that is kept, for people
 */
record Fingerprint(Supplier<byte[]> key, String place) {
    /** Whether they have the same key: of the secret fields. */
    String of(Extension extension, Map<String, String> fields) {
        return hash(extension, fields, CredentialField::secret);
    }

    /** Whether they lead to the same account at the same address: of all fields. */
    String ofAccount(Extension extension, Map<String, String> fields) {
        return hash(extension, fields, _ -> true);
    }

    private String hash(Extension extension, Map<String, String> fields, Predicate<CredentialField> which) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.get(), "HmacSHA256"));
            for (CredentialField field : extension.credentialFields()) {
                if (which.test(field)) {
                    var value =
                            plain(field, fields.getOrDefault(field.name(), "")).getBytes(StandardCharsets.UTF_8);
                    mac.update((field.name() + ":" + value.length + ":").getBytes(StandardCharsets.UTF_8));
                    mac.update(value);
                }
            }
            return HexFormat.of().formatHex(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC", e);
        }
    }

    private static String plain(CredentialField field, String value) {
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
