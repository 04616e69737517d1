package dev.sandboxer.cli.sandboxes.create;

import dev.sandboxer.cli.command.Syntax;
import dev.sandboxer.cli.sandboxes.network.NetworkOptions;
import dev.sandboxer.config.units.Ports;
import dev.sandboxer.config.units.Words;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.lifecycle.BackendOptions;
import dev.sandboxer.routing.Preference;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Options that choose where a sandbox runs and which capabilities its backend must have. */
final class PlacementOptions {
    private final Syntax syntax;
    private final Supplier<@Nullable String> image;
    private final Supplier<List<String>> ports;
    private final Supplier<@Nullable String> region;
    private final NetworkOptions network;
    private final Supplier<List<String>> requires;
    private final Supplier<@Nullable String> prefer;
    private final Supplier<@Nullable String> only;

    PlacementOptions(Syntax syntax) {
        this.syntax = syntax;
        image = syntax.option("--image", "REF", "Start from this image of a container registry.");
        ports = syntax.options("--port", "N", "Open this port from the start. Repeatable.");
        region = syntax.option("--region", "NAME", "Region to run in, as the backend names it.");
        network = new NetworkOptions(syntax);
        requires =
                syntax.options("--require", "WHAT", "Capability that the backend must have, e.g. pause. Repeatable.");
        prefer = syntax.option("--prefer", "EXTENSION", "Try this extension first.");
        only = syntax.option("--only", "EXTENSION", "Use no other extension.");
    }

    /**
     * Returns the requested placement and capabilities.
     *
     * @param more capabilities that the backend must have because of other options
     */
    BackendOptions get(Set<Capability> more) {
        if (image.get() != null) {
            valid(image.get(), text -> new Source.Image(text, null));
        }
        var opened = ports.get().stream()
                .map(text -> valid(text, Ports::parse))
                .collect(Collectors.toCollection(TreeSet::new));
        return new BackendOptions(image.get(), opened, region.get(), network.get(), capabilities(more), preference());
    }

    private Set<Capability> capabilities(Set<Capability> more) {
        var all = new TreeSet<>(more);
        if (network.needsNetwork()) {
            all.add(Capability.NETWORK_ALLOW);
        }
        requires.get().forEach(text -> all.add(valid(text, Words::capability)));
        return all;
    }

    private @Nullable Preference preference() {
        if (prefer.get() != null && only.get() != null) {
            throw syntax.usageError("--prefer can't be combined with --only");
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
