package dev.sandboxer.cli.sandboxes.network;

import dev.sandboxer.cli.command.Syntax;
import dev.sandboxer.config.units.Words;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The options {@code --network}, {@code --allow} and {@code --deny}. */
public final class NetworkOptions {
    private static final String EVERY_ADDRESS = "0.0.0.0/0";

    private final Syntax syntax;
    private final Supplier<@Nullable String> network;
    private final Supplier<List<String>> allow;
    private final Supplier<List<String>> deny;

    public NetworkOptions(Syntax syntax) {
        this.syntax = syntax;
        network = syntax.option(
                "--network",
                "POLICY",
                "Where no rule applies: none (deny), all, or backend-default (all if the backend has a network).",
                NetworkOptions::word);
        allow = syntax.options("--allow", "TARGET", "Address, range or domain it may connect to. Repeatable.");
        deny = syntax.options("--deny", "TARGET", "Address or range it may not connect to. Repeatable.");
    }

    private static String word(String text) {
        Words.networkPolicy(text);
        return text;
    }

    /** Returns true if the backend must give sandboxes a network. */
    public boolean needsNetwork() {
        return network.get() != null && Words.needsNetwork(network.get());
    }

    /**
     * Returns the requested rules; null = no such option was given. Without a policy, {@code --allow} denies all other targets, while
     * {@code --allow 0.0.0.0/0} and {@code --deny} leave them open.
     */
    public @Nullable NetworkRules get() {
        if (network.get() == null && allow.get().isEmpty() && deny.get().isEmpty()) {
            return null;
        }
        var opensAll = !deny.get().isEmpty() || allow.get().contains(EVERY_ADDRESS);
        var byDefault = network.get() != null
                ? Words.networkPolicy(network.get())
                : opensAll ? NetworkPolicy.BACKEND_DEFAULT : NetworkPolicy.DENY;
        try {
            return new NetworkRules(byDefault, targets(allow.get()), targets(deny.get()));
        } catch (IllegalArgumentException e) {
            throw syntax.usageError(String.valueOf(e.getMessage()));
        }
    }

    private static List<NetworkTarget> targets(List<String> texts) {
        return texts.stream().map(NetworkTarget::parse).toList();
    }
}
