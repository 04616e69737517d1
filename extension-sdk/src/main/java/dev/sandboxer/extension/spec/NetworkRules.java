package dev.sandboxer.extension.spec;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The addresses and domains that a sandbox may connect to. {@code allow} wins over {@code deny}; {@code byDefault} applies to targets in
 * neither list. Loopback inside the sandbox is always allowed.
 *
 * @param byDefault the policy for targets in neither list
 * @param allow at most {@value #MAX_TARGETS}. Domains only if {@code byDefault} is {@link NetworkPolicy#DENY}, because an allowed domain
 *     can't override denied addresses
 * @param deny at most {@value #MAX_TARGETS}. No domains, because a sandbox could still reach a denied domain's address under another name
 */
public record NetworkRules(NetworkPolicy byDefault, List<NetworkTarget> allow, List<NetworkTarget> deny) {
    /** No rules: the backend decides which connections are allowed. */
    public static final NetworkRules ALLOW_ALL = new NetworkRules(NetworkPolicy.BACKEND_DEFAULT, List.of(), List.of());

    /** Denies everything but loopback. */
    public static final NetworkRules DENY_ALL = new NetworkRules(NetworkPolicy.DENY, List.of(), List.of());

    /** The most targets in one list. */
    public static final int MAX_TARGETS = 1000;

    /** Copies and checks the lists. */
    public NetworkRules {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
        if (allow.size() > MAX_TARGETS || deny.size() > MAX_TARGETS) {
            throw new IllegalArgumentException("a list of network rules has at most " + MAX_TARGETS + " targets");
        }
        if (names(deny)) {
            throw new IllegalArgumentException("a domain can be allowed, not denied; deny addresses instead");
        }
        if (names(allow) && byDefault != NetworkPolicy.DENY) {
            throw new IllegalArgumentException("domains can be allowed only if everything else is denied");
        }
    }

    /**
     * Returns rules with empty lists.
     *
     * @param byDefault the policy for all targets
     * @return {@link #DENY_ALL} or {@link #ALLOW_ALL}
     */
    public static NetworkRules of(NetworkPolicy byDefault) {
        return byDefault == NetworkPolicy.DENY ? DENY_ALL : ALLOW_ALL;
    }

    /**
     * Returns the kinds of rules that a backend has to enforce; empty when nothing is denied.
     *
     * @return the kinds, in no order
     */
    public Set<NetworkRuleKind> kinds() {
        var kinds = EnumSet.noneOf(NetworkRuleKind.class);
        if (byDefault == NetworkPolicy.DENY) {
            kinds.add(NetworkRuleKind.ALL);
        }
        Stream.concat(allow.stream(), deny.stream()).map(NetworkTarget::kind).forEach(kinds::add);
        return kinds;
    }

    private static boolean names(List<NetworkTarget> targets) {
        return targets.stream().anyMatch(target -> target.kind() == NetworkRuleKind.DOMAIN);
    }
}
