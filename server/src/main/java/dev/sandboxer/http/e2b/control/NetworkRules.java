package dev.sandboxer.http.e2b.control;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.http.WireJson;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.lifecycle.terms.RequestedRules;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The network rules of a request: what a sandbox may connect to, and who may connect to it. Rules that no backend can enforce are refused
 * here, because accepting a rule without enforcing it would be worse. Routing checks whether the sandbox's own backend can enforce the
 * rest.
 */
record NetworkRules(
        @Nullable List<@Nullable String> allowOut,
        @Nullable List<@Nullable String> denyOut,
        @Nullable JsonNode egressProxy,
        @Nullable Map<String, JsonNode> rules,
        @Nullable List<Integer> httpsPorts,
        @Nullable Boolean allowPublicTraffic,
        @Nullable String maskRequestHost)
        implements WireJson.Restrictive {
    static final NetworkRules NONE = new NetworkRules(null, null, null, null, null, null, null);

    private static final String ALL = "ALL_TRAFFIC";
    private static final List<String> FAMILIES = List.of("0.0.0.0/0", "::/0");
    private static final Set<String> EVERYTHING = Set.of(FAMILIES.getFirst(), FAMILIES.getLast(), ALL);
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._\\-\\[\\]:${}]{1,255}");

    /**
     * Returns the policy for destinations that no rule names.
     *
     * @param internet E2B's {@code allow_internet_access}: false denies all, true has no effect
     * @return the policy; null = the profile's
     * @throws E2bException 400 for a rule that can't be enforced
     */
    @Nullable NetworkPolicy policy(@Nullable Boolean internet) {
        if (egressProxy != null && !egressProxy.isNull()) {
            throw refused("egressProxy");
        }
        if (rules != null && !rules.isEmpty()) {
            throw refused("rules");
        }
        if (httpsPorts != null && !httpsPorts.isEmpty()) {
            throw refused("httpsPorts");
        }
        requireTargets(allowOut, "allowOut");
        requireTargets(denyOut, "denyOut");
        // as at E2B, allowOut takes precedence over denyOut
        var denied = FAMILIES.stream()
                .anyMatch(family ->
                        (Boolean.FALSE.equals(internet) || names(denyOut, family)) && !names(allowOut, family));
        if (denied && FAMILIES.stream().anyMatch(family -> names(allowOut, family))) {
            throw refused("allowOut for one family of addresses, with the other denied,");
        }
        if (denied) {
            return NetworkPolicy.DENY;
        }
        var opens = FAMILIES.stream().anyMatch(family -> names(denyOut, family)) || Boolean.FALSE.equals(internet);
        return opens || names(allowOut, FAMILIES.getFirst()) ? NetworkPolicy.BACKEND_DEFAULT : null;
    }

    private static boolean names(@Nullable List<@Nullable String> addresses, String family) {
        return addresses != null && (addresses.contains(family) || addresses.contains(ALL));
    }

    /** Requires each target to be an address, a range or a domain, as in a profile. */
    private static void requireTargets(@Nullable List<@Nullable String> targets, String field) {
        for (String target : Objects.requireNonNullElse(targets, List.<@Nullable String>of())) {
            try {
                if (target == null || !EVERYTHING.contains(target)) {
                    NetworkTarget.parse(Objects.requireNonNullElse(target, ""));
                }
            } catch (IllegalArgumentException e) {
                throw new E2bException(400, "network." + field + " has " + e.getMessage());
            }
        }
    }

    private static E2bException refused(String what) {
        return new E2bException(
                400,
                "network." + what + " is not supported; use allowOut and denyOut, with addresses, ranges and domains");
    }

    /** Returns the rules as written in the request; null = none. Call {@link #policy} first, which refuses unsupported rules. */
    @Nullable RequestedRules asked() {
        return new RequestedRules(distinct(allowOut), distinct(denyOut)).orNull();
    }

    private static List<String> distinct(@Nullable List<@Nullable String> addresses) {
        return addresses == null
                ? List.of()
                : addresses.stream().filter(Objects::nonNull).distinct().toList();
    }

    /**
     * Returns the host name for servers in the sandbox; null = the one that the client sends.
     *
     * @throws E2bException 400 if it is not a host name
     */
    @Nullable String mask() {
        if (maskRequestHost != null && !HOST.matcher(maskRequestHost).matches()) {
            throw new E2bException(400, "network.maskRequestHost is not a host name");
        }
        return maskRequestHost;
    }
}
