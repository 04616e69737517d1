package dev.sandboxer.http.modal.control;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.protocol.modal.ClientProto.NetworkAccess;
import dev.sandboxer.protocol.modal.ClientProto.Sandbox;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the network rules that a client requests. */
final class RequestedNetwork {
    private RequestedNetwork() {}

    /** Returns the requested rules; null = the profile's rules, also when the request asks for an open network. */
    static @Nullable NetworkRules of(Sandbox definition) {
        NetworkAccess access = definition.getNetworkAccess();
        if (definition.getBlockNetwork() && access.getNetworkAccessType() == NetworkAccess.T.ALLOWLIST) {
            throw ModalErrors.invalid("a network can't both be blocked and have an allowlist");
        }
        if (definition.getBlockNetwork()) {
            return NetworkRules.DENY_ALL;
        }
        return switch (access.getNetworkAccessType()) {
            case UNSPECIFIED, OPEN -> null;
            case BLOCKED -> NetworkRules.DENY_ALL;
            case ALLOWLIST -> allowed(access);
            case UNRECOGNIZED -> throw ModalErrors.invalid("unknown type of network access");
        };
    }

    private static NetworkRules allowed(NetworkAccess access) {
        var allowed = new ArrayList<NetworkTarget>();
        for (String cidr : access.getAllowedCidrsList()) {
            try {
                allowed.add(NetworkTarget.Cidr.parse(cidr));
            } catch (IllegalArgumentException e) {
                throw ModalErrors.invalid("Invalid CIDR: " + ModalErrors.shown(cidr));
            }
        }
        for (String domain : access.getAllowedDomainsList()) {
            try {
                allowed.add(new NetworkTarget.Domain(domain));
            } catch (IllegalArgumentException e) {
                throw ModalErrors.invalid("Invalid domain: " + ModalErrors.shown(domain));
            }
        }
        try {
            return new NetworkRules(NetworkPolicy.DENY, allowed, List.of());
        } catch (IllegalArgumentException e) {
            throw ModalErrors.invalid(String.valueOf(e.getMessage()));
        }
    }
}
