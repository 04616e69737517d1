package dev.sandboxer.http.e2b.control;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import org.jspecify.annotations.Nullable;

/** Decides whether a sandbox has a network, from its terms, its profile and its backend. */
record InternetAccess(Sandboxes sandboxes, Templates templates) {
    boolean reaches(Sandbox sandbox) {
        return missing(sandbox) == null;
    }

    /** Returns why a sandbox has no network; null if it has one. */
    @Nullable String missing(Sandbox sandbox) {
        if (!sandboxes.hasNetwork(sandbox)) {
            return "the sandbox has no network: " + sandbox.extension() + " provides none";
        }
        return isDenied(rules(sandbox)) ? "the sandbox has no network: " + sandbox.profile() + " denies it" : null;
    }

    private NetworkRules rules(Sandbox sandbox) {
        return sandbox.terms().effectiveNetwork(templates.of(sandbox).network());
    }

    private static boolean isDenied(NetworkRules rules) {
        return rules.byDefault() == NetworkPolicy.DENY && rules.allow().isEmpty();
    }
}
