package dev.sandboxer.http.e2b.control;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.terms.Terms;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The route that changes the network rules of a running sandbox. If its backend can't change them, a request is accepted only if it
 * changes nothing. The sandbox shows the rules as they were written in the request.
 */
final class NetworkRoutes {
    private final Sandboxes sandboxes;
    private final OwnedSandboxes owned;
    private final Templates templates;

    NetworkRoutes(Sandboxes sandboxes, OwnedSandboxes owned, Templates templates) {
        this.sandboxes = sandboxes;
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
        NetworkRules wanted() {
            return new NetworkRules(
                    allowOut, denyOut, egressProxy, rules, httpsPorts, allowPublicTraffic, maskRequestHost);
        }

        @Nullable NetworkPolicy policy() {
            return wanted().policy(allowInternetAccess);
        }

        /**
         * Returns true if the request would open a denied network. Rules are replaced as a whole, so a request without rules opens
         * a network that earlier rules denied. If only the profile denies the network, a request without rules changes nothing, and
         * neither does {@code allow_internet_access: true} alone.
         *
         * @param byRules true if rules denied the network, false if only the profile does
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

        /** Refuses to change who may call the sandbox, which is fixed at creation. The current values are accepted. */
        void check(Terms terms) {
            if (allowPublicTraffic != null && allowPublicTraffic != terms.publicPorts()) {
                throw fixed("allowPublicTraffic");
            }
            if (maskRequestHost != null && !maskRequestHost.equals(terms.hostMask())) {
                throw fixed("maskRequestHost");
            }
        }

        private static E2bException fixed(String what) {
            return new E2bException(400, what + " of a running sandbox can't be changed; set it when you create one");
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
        var ofProfile = templates.of(sandbox).network();
        var asked = wanted.wanted().asked();
        NewSandbox.checkNetwork(sandbox.terms().withNetwork(policy, asked), ofProfile);
        if (sandboxes.canUpdateNetwork(sandbox)) {
            sandboxes.updateNetwork(sandbox, policy, asked, ofProfile);
        } else {
            note(sandbox, wanted, ofProfile);
        }
        exchange.empty(204);
    }

    /** Stores the rules as written if they change nothing, and refuses them otherwise. */
    private void note(Sandbox sandbox, Update wanted, dev.sandboxer.extension.spec.NetworkRules ofProfile) {
        var policy = wanted.policy();
        var agreed = sandbox.terms().network();
        var now = agreed == null ? ofProfile.byDefault() : agreed;
        if (policy == NetworkPolicy.DENY && now != NetworkPolicy.DENY) {
            throw new E2bException(
                    400, "the network of a running sandbox can't be changed; deny it when you create one");
        }
        if (now == NetworkPolicy.DENY && wanted.opens(agreed == NetworkPolicy.DENY)) {
            throw new E2bException(
                    400,
                    "the network of this sandbox is denied and can't be opened while it runs; create another sandbox");
        }
        var asked = wanted.wanted().asked();
        if (asked != null || agreed != NetworkPolicy.DENY) { // allow_internet_access alone doesn't lift rules that deny
            sandboxes.updateNetwork(sandbox, agreed, asked, ofProfile);
        }
    }
}
