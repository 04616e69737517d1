package dev.sandboxer.modal.control;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.extension.spec.NetworkTarget.Cidr;
import dev.sandboxer.extension.spec.NetworkTarget.Domain;
import dev.sandboxer.protocol.modal.ClientProto.NetworkAccess;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Converts network rules to Modal's form: open, blocked, or an allowlist. Modal has no denylist, so denied addresses
 * become an allowlist of all other IPv4 addresses; IPv6 addresses are then allowed only if a rule names them.
 */
final class AllowedNetworks {
    private static final int BITS = 32;
    private static final Cidr ALL = new Cidr(address(BigInteger.ZERO), 0);

    private AllowedNetworks() {}

    static NetworkAccess of(NetworkRules rules) {
        var access = NetworkAccess.newBuilder();
        if (rules.byDefault() == NetworkPolicy.BACKEND_DEFAULT && rules.deny().isEmpty()) {
            return access.setNetworkAccessType(NetworkAccess.T.OPEN).build();
        }
        if (rules.byDefault() == NetworkPolicy.DENY && rules.allow().isEmpty()) {
            return access.setNetworkAccessType(NetworkAccess.T.BLOCKED).build();
        }
        access.setNetworkAccessType(NetworkAccess.T.ALLOWLIST);
        for (NetworkTarget target : rules.allow()) {
            switch (target) {
                case Cidr cidr -> access.addAllowedCidrs(text(cidr));
                case Domain domain -> access.addAllowedDomains(domain.name());
            }
        }
        if (rules.byDefault() == NetworkPolicy.BACKEND_DEFAULT) {
            var rest = List.of(ALL);
            for (NetworkTarget target : rules.deny()) {
                if (target instanceof Cidr denied && denied.address() instanceof Inet4Address) {
                    rest = rest.stream()
                            .flatMap(one -> without(one, denied).stream())
                            .toList();
                }
            }
            rest.forEach(one -> access.addAllowedCidrs(text(one)));
        }
        return access.build();
    }

    /** Returns a range with its prefix, which Modal also wants for a single address. */
    private static String text(Cidr cidr) {
        return cidr.address().getHostAddress().replaceFirst("(^|:)0(:0)+(:|$)", "::") + "/" + cidr.prefix();
    }

    /** Returns the parts of a range that are not in another range. */
    private static List<Cidr> without(Cidr range, Cidr denied) {
        if (contains(denied, range)) {
            return List.of();
        }
        if (!contains(range, denied)) {
            return List.of(range);
        }
        var rest = new ArrayList<Cidr>();
        var part = range;
        while (part.prefix() < denied.prefix()) {
            var lower = new Cidr(part.address(), part.prefix() + 1);
            var upper = new Cidr(
                    address(number(part).add(BigInteger.ONE.shiftLeft(BITS - part.prefix() - 1))), part.prefix() + 1);
            rest.add(contains(lower, denied) ? upper : lower);
            part = contains(lower, denied) ? lower : upper;
        }
        return rest;
    }

    private static boolean contains(Cidr range, Cidr other) {
        return range.prefix() <= other.prefix()
                && number(range)
                        .equals(number(other).shiftRight(BITS - range.prefix()).shiftLeft(BITS - range.prefix()));
    }

    private static BigInteger number(Cidr cidr) {
        return new BigInteger(1, cidr.address().getAddress());
    }

    private static InetAddress address(BigInteger number) {
        var bytes = new byte[Integer.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = number.shiftRight(8 * (bytes.length - 1 - i)).byteValue();
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("every address has 4 bytes", e);
        }
    }
}
