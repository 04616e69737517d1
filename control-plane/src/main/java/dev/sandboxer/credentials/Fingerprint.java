package dev.sandboxer.credentials;

import dev.sandboxer.config.SecretFile;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tells whether two credentials have the same key, without either: a keyed hash of the secret fields. */
record Fingerprint(SecretFile key) {
    String of(Extension extension, Map<String, String> fields) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.secret(), "HmacSHA256"));
            for (CredentialField field : extension.credentialFields()) {
                if (field.secret()) {
                    var value = fields.getOrDefault(field.name(), "").getBytes(StandardCharsets.UTF_8);
                    mac.update((field.name() + ":" + value.length + ":").getBytes(StandardCharsets.UTF_8));
                    mac.update(value);
                }
            }
            return HexFormat.of().formatHex(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC", e);
        }
    }
}
