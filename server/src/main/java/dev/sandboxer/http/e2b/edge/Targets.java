package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the target of a request: by its headers, else by its host name, else, for a signed file URL, by the sandbox whose token made
 * the signature.
 */
public final class Targets {
    private static final String ID_HEADER = "E2b-Sandbox-Id";
    private static final String PORT_HEADER = "E2b-Sandbox-Port";
    private static final Pattern HOST = Pattern.compile("([0-9]{1,5})-([a-z0-9]+)\\..*");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final int MAX_PORT = 65_535;

    private final Sandboxes sandboxes;
    private final Tokens tokens;

    public Targets(Sandboxes sandboxes, Tokens tokens) {
        this.sandboxes = sandboxes;
        this.tokens = tokens;
    }

    /**
     * Returns the target of a request.
     *
     * @throws E2bException 400 if the headers or the host name are invalid; 401 if no live sandbox's token made the signature
     */
    public Target of(HttpExchange exchange) {
        return named(exchange).orElseGet(() -> unnamed(exchange));
    }

    /**
     * Returns the target that a request names by its headers or its host name; empty if it names none.
     *
     * @throws E2bException 400 if they are invalid
     */
    public Optional<Target> named(HttpExchange exchange) {
        var id = exchange.header(ID_HEADER);
        if (id != null) {
            var port = exchange.header(PORT_HEADER);
            return Optional.of(target(sandboxId(id), port == null ? Integer.toString(Target.ENVD_PORT) : port));
        }
        var host = exchange.header("Host");
        var authority = host == null ? exchange.request().getHttpURI().getHost() : host;
        if (authority != null) {
            var match = HOST.matcher(authority.toLowerCase(Locale.ROOT));
            if (match.matches()) {
                return Optional.of(target(sandboxId(match.group(2)), match.group(1)));
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the target of a request that names none. For a signed file URL, tries the token of each live sandbox; a token can't be
     * guessed, so the sandbox whose token matches is the target.
     *
     * @throws E2bException 401 if no token matches
     */
    public Target unnamed(HttpExchange exchange) {
        var signature = exchange.path().equals(FileAccess.FILES) ? Signature.of(exchange) : null;
        if (signature != null) {
            for (SandboxId sandbox : sandboxes.live()) {
                if (signature.madeWith(tokens.access(sandbox))) {
                    return new Target.Envd(sandbox);
                }
            }
            throw new E2bException(401, "invalid signature");
        }
        return new Target.Control();
    }

    private static Target target(SandboxId sandbox, String portText) {
        var port = PORT.matcher(portText).matches() ? Integer.parseInt(portText) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw new E2bException(400, "Invalid sandbox port");
        }
        return port == Target.ENVD_PORT ? new Target.Envd(sandbox) : new Target.Port(sandbox, port);
    }

    /**
     * Parses a sandbox id. E2B's clients may append a dash and a client id, which are ignored.
     *
     * @throws E2bException 400 if the text is not a sandbox id
     */
    public static SandboxId sandboxId(String text) {
        var dash = text.indexOf('-');
        if (dash >= 0 && text.indexOf('-', dash + 1) >= 0) {
            throw new E2bException(400, "Invalid sandbox ID");
        }
        try {
            return new SandboxId(dash < 0 ? text : text.substring(0, dash));
        } catch (IllegalArgumentException e) {
            throw new E2bException(400, "Invalid sandbox ID");
        }
    }
}
