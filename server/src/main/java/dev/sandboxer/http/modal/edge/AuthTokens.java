package dev.sandboxer.http.modal.edge;

import java.time.Duration;
import java.time.InstantSource;

/**
 * Issues and checks the auth tokens that clients fetch before their first call and send with all later ones, beside their API key.
 * A token grants nothing by itself: with a revoked key, a call is refused even if its token is valid. Thread-safe.
 */
public final class AuthTokens {
    private final SignedTokens tokens;

    /** @param secret the installation's; the signing key is derived from it */
    public AuthTokens(byte[] secret, Duration life, InstantSource clock) {
        this.tokens = new SignedTokens(secret, "modal-auth", life, clock);
    }

    public String issue(String consumer) {
        return tokens.issue(consumer);
    }

    /** Returns true if the token was issued to this consumer and has not expired. */
    public boolean isOf(String token, String consumer) {
        return tokens.verify(token).filter(consumer::equals).isPresent();
    }
}
