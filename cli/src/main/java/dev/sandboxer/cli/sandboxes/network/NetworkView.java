package dev.sandboxer.cli.sandboxes.network;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.units.Words;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.profiles.Profile;
import java.util.List;

/**
 * The network rules of a sandbox as JSON.
 *
 * @param byDefault the policy for targets that no rule names, in the words of the configuration
 * @param there true if the backend gives sandboxes a network at all
 */
public record NetworkView(String byDefault, List<String> allow, List<String> deny, boolean there) {
    public static NetworkView of(Sandboxer sandboxer, Sandbox sandbox) {
        var rules = sandbox.terms().effectiveNetwork(ofProfile(sandboxer, sandbox));
        return new NetworkView(
                Words.text(rules.byDefault()),
                texts(rules.allow()),
                texts(rules.deny()),
                sandboxer.sandboxes().hasNetwork(sandbox));
    }

    /** Returns the current rules of the sandbox's profile; deny all when the profile no longer exists. */
    static NetworkRules ofProfile(Sandboxer sandboxer, Sandbox sandbox) {
        return sandboxer.profiles().all().stream()
                .filter(profile -> profile.name().equals(sandbox.profile()))
                .findFirst()
                .map(Profile::network)
                .orElse(NetworkRules.DENY_ALL);
    }

    /** Returns the rules as one line of text. */
    public String text() {
        var denies = byDefault.equals(Words.text(NetworkPolicy.DENY));
        if (!there && !(denies && allow.isEmpty())) {
            return "none: its backend has no network";
        }
        var text = new StringBuilder(denies ? "none" : "all");
        if (denies && !allow.isEmpty()) {
            text.append(" but ").append(String.join(", ", allow));
        }
        if (!denies && !deny.isEmpty()) {
            text.append(" but ").append(String.join(", ", deny));
            text.append(allow.isEmpty() ? "" : "; of these it may connect to ").append(String.join(", ", allow));
        } else if (!denies && !allow.isEmpty()) {
            text.append(", and ").append(String.join(", ", allow));
        }
        return text.toString();
    }

    private static List<String> texts(List<NetworkTarget> targets) {
        return targets.stream().map(NetworkTarget::toString).toList();
    }
}
