package dev.sandboxer.extension.spec;

/** The ways of enforcing a kind of network rule, weakest first. */
public enum Enforcement {
    /** The kind isn't enforced: specs with such a rule are refused. */
    NONE,
    /**
     * By DNS lookup: the sandbox's resolver resolves allowed names only. Doesn't stop a program that knows an address or asks another
     * resolver, unless addresses are filtered too. Also allows every other name served at the address of an allowed name.
     */
    DNS,
    /**
     * By the name in each connection: the server name of TLS (SNI) or the {@code Host} of plain HTTP. Stops HTTP and HTTPS to other names,
     * also to bare addresses and through other resolvers. Doesn't stop a client that sends one name in the clear and another inside TLS
     * (domain fronting). Other ports and UDP carry no name, so domain rules deny them.
     */
    SNI,
    /**
     * By the destination address of each packet, for every program, port and protocol. Nothing in the sandbox can bypass it. It does allow
     * everything behind an allowed address, such as what a proxy there forwards.
     */
    ADDRESS
}
