package dev.sandboxer.local.network;

import dev.sandboxer.extension.spec.NetworkTarget.Cidr;
import java.net.Inet4Address;
import java.util.List;

/**
 * The address ranges that a sandbox may call only if a rule names them: private networks, the metadata services of clouds, loopback,
 * and addresses that do not stand for a single machine.
 */
final class GuardedRanges {
    static final List<Cidr> ALL = List.of(
            Cidr.parse("0.0.0.0/8"),
            Cidr.parse("10.0.0.0/8"),
            Cidr.parse("100.64.0.0/10"), // carriers and overlay networks
            Cidr.parse("127.0.0.0/8"),
            Cidr.parse("168.63.129.16"), // Azure's, at a public address
            Cidr.parse("169.254.0.0/16"), // link-local, and the metadata of most clouds
            Cidr.parse("172.16.0.0/12"),
            Cidr.parse("192.0.0.0/24"),
            Cidr.parse("192.168.0.0/16"),
            Cidr.parse("198.18.0.0/15"), // where sandboxes live
            Cidr.parse("224.0.0.0/3")); // multicast, reserved and broadcast

    private GuardedRanges() {}

    /**
     * Returns true if allowing this range opens guarded addresses: it is a single address, or lies within a guarded range. A wider
     * range, such as {@code 0.0.0.0/0}, allows only the addresses that aren't guarded.
     */
    static boolean isOpenedBy(Cidr allowed) {
        return allowed.address() instanceof Inet4Address
                && (allowed.prefix() == 32 || ALL.stream().anyMatch(guarded -> contains(guarded, allowed)));
    }

    private static boolean contains(Cidr outer, Cidr inner) {
        return outer.prefix() <= inner.prefix()
                && new Cidr(inner.address(), outer.prefix()).address().equals(outer.address());
    }
}
