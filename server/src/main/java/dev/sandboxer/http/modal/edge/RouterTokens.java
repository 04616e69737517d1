package dev.sandboxer.http.modal.edge;

import dev.sandboxer.lifecycle.state.SandboxId;
import java.time.Duration;
import java.time.InstantSource;

/** Issues and checks the bearer tokens of router calls, each for one sandbox. Thread-safe. */
public final class RouterTokens {
    /** How long a token is valid. */
    public static final Duration LIFE = Duration.ofHours(1);

    private final SignedTokens tokens;

    /** @param secret the installation's; the signing key is derived from it */
    public RouterTokens(byte[] secret, Duration life, InstantSource clock) {
        this.tokens = new SignedTokens(secret, "modal-router", life, clock);
    }

    public String issue(SandboxId sandbox) {
        return tokens.issue(sandbox.value());
    }

    /** Returns true if the token was issued for this sandbox and has not expired. */
    public boolean opens(String token, SandboxId sandbox) {
        return tokens.verify(token).filter(sandbox.value()::equals).isPresent();
    }
}
