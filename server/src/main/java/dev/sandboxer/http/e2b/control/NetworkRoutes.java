package dev.sandboxer.http.e2b.control;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.Terms;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The route that changes a running sandbox's network rules. No backend can change them yet, so only what is so already is
 * accepted.
 */
final class NetworkRoutes {
    private final OwnedSandboxes owned;
    private final Templates templates;

    NetworkRoutes(OwnedSandboxes owned, Templates templates) {
        this.owned = owned;
        this.templates = templates;
    }

    List<Route> routes() {
        return List.of(new Route("PUT", "/sandboxes/{sandboxID}/network", this::update));
    }

    private record Update(
            @Nullable List<@Nullable String> allowOut,
            @Nullable List<@Nullable String> denyOut,
            @Nullable JsonNode egressProxy,
            @Nullable Map<String, JsonNode> rules,
            @Nullable List<Integer> httpsPorts,
            @Nullable Boolean allowPublicTraffic,
            @Nullable String maskRequestHost,
            @JsonProperty("allow_internet_access") @Nullable Boolean allowInternetAccess) {
        @Nullable NetworkPolicy policy() {
            return new NetworkRules(
                            allowOut, denyOut, egressProxy, rules, httpsPorts, allowPublicTraffic, maskRequestHost)
                    .policy(allowInternetAccess);
        }

        /**
         * Returns true if the request would open a denied network. Rules are replaced as a whole, so a request without rules
         * opens what earlier rules denied; where only the profile denies the network, it changes nothing. A permission alone
         * asks for nothing.
         *
         * @param byRules whether rules have denied it
         */
        boolean opens(boolean byRules) {
            if (policy() == NetworkPolicy.DENY) {
                return false;
            }
            var permission = Boolean.TRUE.equals(allowInternetAccess) && isEmpty(denyOut);
            return !isEmpty(allowOut) || byRules && !permission;
        }

        private static boolean isEmpty(@Nullable List<@Nullable String> list) {
            return list == null || list.isEmpty();
        }

        /** Refuses to change who may call the sandbox, which is fixed at creation. Repeating what is so is accepted. */
        void check(Terms terms) {
            if (allowPublicTraffic != null && allowPublicTraffic != terms.publicPorts()) {
                throw fixed("allowPublicTraffic");
            }
            if (maskRequestHost != null && !maskRequestHost.equals(terms.hostMask())) {
                throw fixed("maskRequestHost");
            }
        }

        private static E2bException fixed(String what) {
            return new E2bException(400, what + " of a running sandbox can't be changed; say it when it is created");
        }
    }

    private void update(HttpExchange exchange) throws IOException {
        var wanted = exchange.json(Update.class);
        var policy = wanted.policy();
        var sandbox = owned.of(exchange);
        if (sandbox.state() != SandboxState.RUNNING) {
            throw new E2bException(409, "Sandbox \"" + sandbox.id() + "\" is not running");
        }
        wanted.check(sandbox.terms());
        var agreed = sandbox.terms().network();
        var now = agreed == null ? templates.of(sandbox).network().byDefault() : agreed;
        if (policy == NetworkPolicy.DENY && now != NetworkPolicy.DENY) {
            throw new E2bException(
                    400, "the network of a running sandbox can't be changed; deny it when it is created");
        }
        if (now == NetworkPolicy.DENY && wanted.opens(agreed == NetworkPolicy.DENY)) {
            throw new E2bException(
                    400,
                    "the network of this sandbox is denied, and that of a running one can't be opened; create another");
        }
        exchange.empty(204);
    }
}
