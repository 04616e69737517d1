package dev.sandboxer.http.modal.edge;

import java.time.Duration;
import java.time.InstantSource;

/**
 * The tokens that clients fetch before their first call, and send with all others beside their API key. They say nothing that the
 * key doesn't; a key that was revoked is refused whatever the token says. Thread-safe.
 */
public final class AuthTokens {
    public static final Duration LIFE = Duration.ofHours(1);

    private final SignedTokens tokens;

    /** @param secret from which tokens are made */
    public AuthTokens(byte[] secret, Duration life, InstantSource clock) {
        this.tokens = new SignedTokens(secret, "modal-auth", life, clock);
    }

    public String issue(String consumer) {
        return tokens.issue(consumer);
    }

    /** Returns true if the token was issued to that consumer and has not expired. */
    public boolean isOf(String token, String consumer) {
        return tokens.verify(token).filter(consumer::equals).isPresent();
    }
}
