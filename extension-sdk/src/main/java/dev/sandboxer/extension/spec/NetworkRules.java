package dev.sandboxer.extension.spec;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whom a sandbox may call. A target in {@code allow} may be called, whatever {@code deny} says; a target in {@code deny} may
 * not; for all others {@code byDefault} decides. Loopback inside the sandbox is always free.
 *
 * @param byDefault for what neither list names
 * @param allow at most {@value #MOST_TARGETS}; domains only with {@link NetworkPolicy#DENY} by default, since a name says
 *     nothing about the addresses that it should win over
 * @param deny at most {@value #MOST_TARGETS}; no domains, which nobody can keep: their addresses have other names
 */
public record NetworkRules(NetworkPolicy byDefault, List<NetworkTarget> allow, List<NetworkTarget> deny) {
    /** Nothing is forbidden; whom the backend lets a sandbox call is its business. */
    public static final NetworkRules ALLOW_ALL = new NetworkRules(NetworkPolicy.BACKEND_DEFAULT, List.of(), List.of());

    /** Loopback only. */
    public static final NetworkRules DENY_ALL = new NetworkRules(NetworkPolicy.DENY, List.of(), List.of());

    public static final int MOST_TARGETS = 1000;

    /** Checks the components. */
    public NetworkRules {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
        if (allow.size() > MOST_TARGETS || deny.size() > MOST_TARGETS) {
            throw new IllegalArgumentException("network rules may list at most " + MOST_TARGETS + " targets each");
        }
        if (names(deny)) {
            throw new IllegalArgumentException("a domain can be allowed, not denied; deny addresses instead");
        }
        if (names(allow) && byDefault != NetworkPolicy.DENY) {
            throw new IllegalArgumentException("domains can be allowed only where everything else is denied");
        }
    }

    /**
     * Rules that name nobody.
     *
     * @param byDefault what holds for those that no rule names
     * @return rules without targets
     */
    public static NetworkRules of(NetworkPolicy byDefault) {
        return byDefault == NetworkPolicy.DENY ? DENY_ALL : ALLOW_ALL;
    }

    /**
     * The kinds of rules a backend has to enforce to keep these; empty when nothing is forbidden.
     *
     * @return the kinds, without order
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
