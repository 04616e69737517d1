package dev.sandboxer.extension.spec;

/** How strictly a backend enforces one kind of network rule, weakest first. */
public enum Enforcement {
    /** Not at all: a request with such a rule is refused. */
    NONE,
    /**
     * By name lookup: only allowed names resolve. Keeps whatever looks names up through the sandbox's resolver. Gets round it:
     * a program that knows an address or asks another resolver, unless addresses are filtered as well; and every other name
     * that is served at an allowed name's address.
     */
    DNS,
    /**
     * By the name in each connection: the server name of TLS (SNI) and the {@code Host} of plain HTTP. Keeps HTTP and HTTPS,
     * also to bare addresses and by other resolvers. Gets round it: a client that tells the wire one name and the server
     * another inside TLS (domain fronting). Other ports and UDP are told apart by address only, so that they are denied for
     * names.
     */
    SNI,
    /**
     * By the destination address of each packet, whatever the program, the port and the protocol. Nothing inside gets round
     * it; but whoever listens at an allowed address, and whatever that passes on, is allowed with it.
     */
    ADDRESS
}
