package dev.sandboxer.extension;

import dev.sandboxer.extension.spec.Enforcement;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Implements the default methods of {@link Extension} from the capabilities and templates that it declares. */
final class DeclaredSupport {
    private final Extension extension;

    DeclaredSupport(Extension extension) {
        this.extension = extension;
    }

    Support of(SandboxSpec spec) {
        var reason = reasonAgainst(spec);
        return reason == null ? new Support.Supported() : new Support.Unsupported(reason);
    }

    private @Nullable String reasonAgainst(SandboxSpec spec) {
        if (spec.size().gpu() != null && lacks(Capability.GPU)) {
            return "has no GPUs";
        }
        if (spec.region() != null && lacks(Capability.REGION)) {
            return "can't choose a region: " + spec.region();
        }
        if (!spec.ports().isEmpty() && lacks(Capability.PORTS)) {
            return "can't open ports: " + spec.ports();
        }
        if (spec.idleTimeout() != null && lacks(Capability.IDLE_TIMEOUT)) {
            return "can't end idle sandboxes";
        }
        var source = reasonAgainst(spec.source());
        return source == null ? reasonAgainst(spec.network()) : source;
    }

    private @Nullable String reasonAgainst(Source source) {
        return switch (source) {
            case Source.Image image when lacks(Capability.IMAGE) -> "can't start from an image: " + image.reference();
            case Source.Template(var name)
            when !mayHave(name) ->
                "has no template \"" + name + "\"; it has " + String.join(", ", new TreeSet<>(extension.templates()));
            default -> null;
        };
    }

    /**
     * Returns true if a template of this name may exist. {@code templates()} doesn't list snapshots, and is empty when only the backend
     * knows them.
     */
    private boolean mayHave(String template) {
        return extension.templates().isEmpty()
                || extension.templates().contains(template)
                || !lacks(Capability.SNAPSHOT);
    }

    private @Nullable String reasonAgainst(NetworkRules rules) {
        var enforcement = extension.networkEnforcement();
        for (NetworkRuleKind kind : rules.kinds()) {
            if (enforcement.getOrDefault(kind, Enforcement.NONE) == Enforcement.NONE) {
                return switch (kind) {
                    case ALL -> "can't deny the network";
                    case CIDR -> "can't enforce network rules for addresses";
                    case DOMAIN -> "can't enforce network rules for domains";
                };
            }
        }
        return rules.allow().isEmpty() || !lacks(Capability.NETWORK_ALLOW) ? null : "can't allow the network";
    }

    private boolean lacks(Capability capability) {
        return !extension.capabilities().contains(capability);
    }

    Map<NetworkRuleKind, Enforcement> networkEnforcement() {
        var map = new EnumMap<NetworkRuleKind, Enforcement>(NetworkRuleKind.class);
        for (NetworkRuleKind kind : NetworkRuleKind.values()) {
            map.put(kind, Enforcement.NONE);
        }
        if (!lacks(Capability.NETWORK_DENY)) {
            map.put(NetworkRuleKind.ALL, Enforcement.ADDRESS);
        }
        return map;
    }
}
