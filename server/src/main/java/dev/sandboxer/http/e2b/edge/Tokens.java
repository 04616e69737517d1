package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.lifecycle.state.SandboxId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tokens of sandboxes. A token is a keyed hash of the sandbox's id, so it survives pauses and restarts and is not stored.
 * Thread-safe.
 */
public final class Tokens {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LENGTH = 20;

    private final SecretKeySpec key;

    public Tokens(byte[] secret) {
        this.key = new SecretKeySpec(secret, ALGORITHM);
    }

    /** Returns the token for processes and files. */
    public String access(SandboxId sandbox) {
        return token("access", sandbox);
    }

    /** Returns the token for ports that are not public. */
    public String traffic(SandboxId sandbox) {
        return token("traffic", sandbox);
    }

    private String token(String purpose, SandboxId sandbox) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            var hash = mac.doFinal((purpose + ":" + sandbox).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, LENGTH);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", e);
        }
    }

    /** Compares two tokens in constant time. */
    public static boolean equal(String expected, @Nullable String given) {
        return given != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
