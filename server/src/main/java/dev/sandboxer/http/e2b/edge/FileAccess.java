package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.http.HttpExchange;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Authorizes calls to a sandbox's daemon: by the sandbox's token or, for files, by a signature made with that. */
public final class FileAccess {
    /** The path of E2B's files. */
    public static final String FILES = "/files";

    private static final String TOKEN = "X-Access-Token";

    private final Tokens tokens;
    private final InstantSource clock;

    public FileAccess(Tokens tokens, InstantSource clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    /**
     * @throws E2bException 401
     */
    public void requireToken(SandboxCall call) {
        if (!Tokens.equal(tokens.access(call.id()), call.exchange().header(TOKEN))) {
            throw new E2bException(
                    401, "unauthorized access, please provide a valid access token or method signing if supported");
        }
    }

    /**
     * @throws E2bException 401
     */
    public void requireTokenOrSignature(SandboxCall call) {
        if (!isSigned(call.exchange())) {
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

    /** Returns true if a request for files has no token, and so may do only what its signature allows. */
    public static boolean isSigned(HttpExchange exchange) {
        return exchange.path().equals(FILES) && exchange.header(TOKEN) == null;
    }

    /** The user that a file request names; null = the template's. */
    public static @Nullable String user(HttpExchange exchange) {
        var user = exchange.query("username");
        return user == null || user.isEmpty() ? null : user;
    }
}
