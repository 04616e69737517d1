package dev.sandboxer.config;

import dev.sandboxer.config.units.Words;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.config.yaml.Section;
import dev.sandboxer.config.yaml.YamlNode;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads a profile's outbound network rules: one word, or {@code default}, {@code allow} and {@code deny}. */
record NetworkReader(Problems problems) {
    private static final List<String> KEYS = List.of("default", "allow", "deny");

    /** Returns true if the profile needs a backend with a network: it says {@code all}, as the word or as the default. */
    static boolean needsNetwork(Section profile) {
        YamlNode node = profile.node("network");
        if (!(node instanceof YamlNode.Mapping mapping)) {
            return node != null && isAll(node);
        }
        return mapping.entries().stream()
                .anyMatch(entry -> entry.key().value().equals("default") && isAll(entry.value()));
    }

    private static boolean isAll(YamlNode node) {
        return node instanceof YamlNode.Text text && Words.needsNetwork(text.value());
    }

    /** Returns null after reporting what is wrong. Without the key, the network is denied. */
    @Nullable NetworkRules read(Section profile) {
        YamlNode node = profile.node("network");
        if (node == null) {
            return NetworkRules.DENY_ALL;
        }
        if (!(node instanceof YamlNode.Mapping)) {
            NetworkPolicy policy = profile.optional("network", Words::networkPolicy);
            return policy == null ? null : NetworkRules.of(policy);
        }
        Section rules = new Section(node, node, profile.path("network"), KEYS, problems);
        NetworkPolicy byDefault = rules.optional("default", Words::networkPolicy);
        List<NetworkTarget> allow = rules.optionalList("allow", NetworkTarget::parse);
        List<NetworkTarget> deny = rules.optionalList("deny", NetworkTarget::parse);
        try {
            return new NetworkRules(Objects.requireNonNullElse(byDefault, NetworkPolicy.DENY), allow, deny);
        } catch (IllegalArgumentException e) {
            profile.problem("network", String.valueOf(e.getMessage()));
            return null;
        }
    }
}
