package dev.sandboxer.extension.spec;

/** The kinds of network rules. */
public enum NetworkRuleKind {
    /** Denies everything that no other rule names: {@link NetworkPolicy#DENY}. */
    ALL,
    /** Ranges of addresses: {@link NetworkTarget.Cidr}. */
    CIDR,
    /** Domain names: {@link NetworkTarget.Domain}. */
    DOMAIN
}
