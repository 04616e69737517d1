package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.http.HttpExchange;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Authorizes calls to a sandbox's daemon: by the sandbox's token or, for files, by a signature made with the token. */
public final class FileAccess {
    /** The path at which files are read and written. */
    public static final String FILES = "/files";

    private static final String TOKEN = "X-Access-Token";

    private final Tokens tokens;
    private final InstantSource clock;

    public FileAccess(Tokens tokens, InstantSource clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    /**
     * Requires the sandbox's token, unless the sandbox has none.
     *
     * @throws E2bException 401
     */
    public void requireToken(SandboxCall call) {
        if (call.sandbox().terms().secured()
                && !Tokens.equal(tokens.access(call.id()), call.exchange().header(TOKEN))) {
            throw new E2bException(
                    401, "unauthorized access, please provide a valid access token or method signing if supported");
        }
    }

    /**
     * Requires the sandbox's token or, for files, a valid signature, unless the sandbox has no token.
     *
     * @throws E2bException 401
     */
    public void requireTokenOrSignature(SandboxCall call) {
        if (!call.sandbox().terms().secured() || !isSigned(call.exchange())) {
            requireToken(call);
            return;
        }
        var signature = Signature.of(call.exchange());
        if (signature == null) {
            throw new E2bException(401, "missing signature query parameter");
        }
        if (!signature.madeWith(tokens.access(call.id()))) {
            throw new E2bException(401, "invalid signature");
        }
        if (signature.expired(clock.instant())) {
            throw new E2bException(401, "signature is already expired");
        }
    }

    /** Returns true if a request for files has no token, so that only its signature can authorize it. */
    public static boolean isSigned(HttpExchange exchange) {
        return exchange.path().equals(FILES) && exchange.header(TOKEN) == null;
    }

    /** Returns the user that a file request names; null = the template's. */
    public static @Nullable String user(HttpExchange exchange) {
        var user = exchange.query("username");
        return user == null || user.isEmpty() ? null : user;
    }
}
