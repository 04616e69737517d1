package dev.sandboxer.capabilities;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A capability as JSON, for the command line and {@code /api/v1/capabilities}. */
public record CapabilityView(
        String id,
        String group,
        String name,
        String about,
        String status,
        @Nullable String missing,
        List<String> extensions,
        List<String> declares,
        List<String> evidence) {
    static CapabilityView of(RegisteredCapability capability, CapabilityRegistry registry) {
        return new CapabilityView(
                capability.id(),
                registry.group(capability),
                capability.name(),
                capability.about(),
                capability.status().text(),
                capability.missing(),
                capability.extensions().stream().map(ExtensionId::value).toList(),
                capability.declares().stream().map(Capability::text).toList(),
                capability.evidence().stream().map(Evidence::toString).toList());
    }

    /** Returns all capabilities of a registry, in its order. */
    public static List<CapabilityView> of(CapabilityRegistry registry) {
        return registry.capabilities().stream()
                .map(capability -> of(capability, registry))
                .toList();
    }
}
