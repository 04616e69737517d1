package dev.sandboxer.http.modal.edge;

import dev.sandboxer.lifecycle.state.SandboxId;
import java.time.Duration;
import java.time.InstantSource;

/** The tokens that open one sandbox to its router's clients. Thread-safe. */
public final class RouterTokens {
    /** How long a token is valid. */
    public static final Duration LIFE = Duration.ofHours(1);

    private final SignedTokens tokens;

    /** @param secret from which tokens are made; with another one all tokens change */
    public RouterTokens(byte[] secret, Duration life, InstantSource clock) {
        this.tokens = new SignedTokens(secret, "modal-router", life, clock);
    }

    public String issue(SandboxId sandbox) {
        return tokens.issue(sandbox.value());
    }

    /** Returns true if the token opens that sandbox now. */
    public boolean opens(String token, SandboxId sandbox) {
        return tokens.verify(token).filter(sandbox.value()::equals).isPresent();
    }
}
