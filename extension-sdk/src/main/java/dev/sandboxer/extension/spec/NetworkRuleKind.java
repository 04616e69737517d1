package dev.sandboxer.extension.spec;

/** What a network rule is about. */
public enum NetworkRuleKind {
    /** All calls that no other rule allows: {@link NetworkPolicy#DENY}. */
    ALL,
    /** Ranges of addresses: {@link NetworkTarget.Cidr}. */
    CIDR,
    /** Names: {@link NetworkTarget.Domain}. */
    DOMAIN
}
