package dev.sandboxer.http.e2b.control;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.http.e2b.edge.E2bException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whom a sandbox may call and who may call it. Backends can deny the network as a whole or leave it as it is. A finer rule is
 * refused, since a rule that is accepted and not kept would be worse.
 */
record NetworkRules(
        @Nullable List<@Nullable String> allowOut,
        @Nullable List<@Nullable String> denyOut,
        @Nullable JsonNode egressProxy,
        @Nullable Map<String, JsonNode> rules,
        @Nullable List<Integer> httpsPorts,
        @Nullable Boolean allowPublicTraffic,
        @Nullable String maskRequestHost) {
    static final NetworkRules NONE = new NetworkRules(null, null, null, null, null, null, null);

    private static final String ALL = "ALL_TRAFFIC";
    private static final List<String> FAMILIES = List.of("0.0.0.0/0", "::/0");
    private static final Set<String> EVERYTHING = Set.of(FAMILIES.getFirst(), FAMILIES.getLast(), ALL);
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._\\-\\[\\]:${}]{1,255}");

    /**
     * @param internet E2B's {@code allow_internet_access}: false denies all, true is a permission
     * @return null = the profile's
     * @throws E2bException 400 for a rule that can't be kept
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
        if (!isEverything(allowOut)) {
            throw refused("allowOut for some addresses");
        }
        if (!isEverything(denyOut)) {
            throw refused("denyOut for some addresses");
        }
        // as at E2B, what is allowed wins over what is denied
        var denied = FAMILIES.stream()
                .anyMatch(family ->
                        (Boolean.FALSE.equals(internet) || names(denyOut, family)) && !names(allowOut, family));
        if (denied && FAMILIES.stream().anyMatch(family -> names(allowOut, family))) {
            throw refused("allowOut for one family of addresses, with the other denied,");
        }
        return denied ? NetworkPolicy.DENY : null;
    }

    private static boolean names(@Nullable List<@Nullable String> addresses, String family) {
        return addresses != null && (addresses.contains(family) || addresses.contains(ALL));
    }

    private static boolean isEverything(@Nullable List<@Nullable String> addresses) {
        return addresses == null || addresses.stream().allMatch(one -> one != null && EVERYTHING.contains(one));
    }

    private static E2bException refused(String what) {
        return new E2bException(
                400,
                "network." + what
                        + " is not supported: the network can be denied as a whole (denyOut 0.0.0.0/0) or not");
    }

    @Nullable String mask() {
        if (maskRequestHost != null && !HOST.matcher(maskRequestHost).matches()) {
            throw new E2bException(400, "network.maskRequestHost is not a host name");
        }
        return maskRequestHost;
    }
}
