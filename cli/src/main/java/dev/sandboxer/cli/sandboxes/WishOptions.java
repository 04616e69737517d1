package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Syntax;
import dev.sandboxer.config.Ports;
import dev.sandboxer.config.Words;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.lifecycle.Wishes;
import dev.sandboxer.routing.Preference;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Options about where a sandbox runs, and what its backend has to be able to do. */
final class WishOptions {
    private final Syntax syntax;
    private final Supplier<@Nullable String> image;
    private final Supplier<List<String>> ports;
    private final Supplier<@Nullable String> region;
    private final Supplier<@Nullable NetworkPolicy> network;
    private final Supplier<List<String>> allow;
    private final Supplier<List<String>> deny;
    private final Supplier<List<String>> requires;
    private final Supplier<@Nullable String> prefer;
    private final Supplier<@Nullable String> only;

    WishOptions(Syntax syntax) {
        this.syntax = syntax;
        image = syntax.option("--image", "REF", "Start from this image of a container registry.");
        ports = syntax.options("--port", "N", "Open this port at the beginning. Repeatable.");
        region = syntax.option("--region", "NAME", "Where it runs, in the backend's own words.");
        network = syntax.option(
                "--network", "POLICY", "deny or backend-default, for all that no rule names.", Words::networkPolicy);
        allow = syntax.options("--allow", "TARGET", "An address, range or domain it may call. Repeatable.");
        deny = syntax.options("--deny", "TARGET", "An address or range it may not call. Repeatable.");
        requires = syntax.options("--require", "WHAT", "What its backend must be able to do, e.g. pause. Repeatable.");
        prefer = syntax.option("--prefer", "EXTENSION", "Try this one first.");
        only = syntax.option("--only", "EXTENSION", "Use this one or none.");
    }

    Wishes get() {
        if (image.get() != null) {
            valid(image.get(), text -> new Source.Image(text, null));
        }
        var opened = ports.get().stream()
                .map(text -> valid(text, Ports::parse))
                .collect(Collectors.toCollection(TreeSet::new));
        return new Wishes(image.get(), opened, region.get(), rules(), capabilities(), preference());
    }

    private @Nullable NetworkRules rules() {
        if (network.get() == null && allow.get().isEmpty() && deny.get().isEmpty()) {
            return null;
        }
        var byDefault = network.get() != null
                ? network.get()
                : deny.get().isEmpty() ? NetworkPolicy.DENY : NetworkPolicy.BACKEND_DEFAULT;
        return valid(byDefault, policy -> new NetworkRules(policy, targets(allow.get()), targets(deny.get())));
    }

    private List<NetworkTarget> targets(List<String> texts) {
        return texts.stream().map(text -> valid(text, NetworkTarget::parse)).toList();
    }

    private Set<Capability> capabilities() {
        return requires.get().stream()
                .map(text -> valid(text, Words::capability))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private @Nullable Preference preference() {
        if (prefer.get() != null && only.get() != null) {
            throw syntax.usageError("--prefer and --only exclude each other");
        }
        var named = only.get() == null ? prefer.get() : only.get();
        return named == null ? null : new Preference(valid(named, ExtensionId::new), only.get() != null);
    }

    private <A, T> T valid(A given, Function<A, T> reading) {
        try {
            return reading.apply(given);
        } catch (IllegalArgumentException | SandboxException e) {
            throw syntax.usageError(String.valueOf(e.getMessage()));
        }
    }
}
