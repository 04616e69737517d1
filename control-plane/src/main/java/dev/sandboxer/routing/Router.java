package dev.sandboxer.routing;

import dev.sandboxer.credentials.Choice;
import dev.sandboxer.credentials.CredentialRouter;
import dev.sandboxer.credentials.CredentialRouter.Asker;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Verdict.Code;
import dev.sandboxer.routing.Verdict.Eligible;
import dev.sandboxer.routing.Verdict.Skipped;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Decides who could take a sandbox of a profile. Asks no backend and creates nothing. */
public final class Router {
    private final ExtensionRegistry registry;
    private final CredentialRouter credentials;
    private final Predicate<ExtensionId> enabled;

    /**
     * @param enabled whether the operator lets routes use an extension; asked only when routing
     */
    public Router(ExtensionRegistry registry, CredentialRouter credentials, Predicate<ExtensionId> enabled) {
        this.registry = registry;
        this.credentials = credentials;
        this.enabled = enabled;
    }

    /** A verdict for each extension of the profile's route, in its order, for a plain request of that consumer. */
    public List<Verdict> route(Profile profile, String consumer) {
        return route(profile, Demand.of(Asker.of(consumer), profile));
    }

    /**
     * A verdict for each extension of the profile's route, in its order, for a request that wants this of it.
     *
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_CREDENTIAL} when the request names one that isn't there
     */
    public List<Verdict> route(Profile profile, Demand demand) {
        credentials.requireNamed(demand.asker());
        var verdicts = new ArrayList<Verdict>();
        for (ExtensionId id : profile.route()) {
            verdicts.add(verdict(profile, demand, id));
        }
        return verdicts;
    }

    private Verdict verdict(Profile profile, Demand demand, ExtensionId id) {
        if (!enabled.test(id)) {
            return new Skipped(id, Code.DISABLED, "switched off in the configuration");
        }
        var extension = registry.find(id).orElse(null);
        if (extension == null) {
            return new Skipped(id, Code.DISABLED, "not installed");
        }
        var template = profile.templates().get(id);
        if (template == null) {
            return new Skipped(id, Code.DISABLED, "the profile names no template for it");
        }
        if (demand.only() != null && !demand.only().equals(id)) {
            return new Skipped(
                    id, Code.CAPABILITY_MISSING, "doesn't have the snapshot, which " + demand.only() + " has");
        }
        if (demand.network() == NetworkPolicy.DENY && !extension.capabilities().contains(Capability.NETWORK_DENY)) {
            return new Skipped(id, Code.CAPABILITY_MISSING, "can't deny the network, which is demanded");
        }
        for (Capability capability : demand.capabilities()) {
            if (!extension.capabilities().contains(capability)) {
                return new Skipped(
                        id,
                        Code.CAPABILITY_MISSING,
                        "can't " + capability.name().toLowerCase(Locale.ROOT));
            }
        }
        var price = extension.metered() ? "metered" : "free";
        return switch (credentials.choose(
                extension, demand.asker(), profile.credentials().get(id))) {
            case Choice.NotNeeded() -> new Eligible(id, template, price, null, null);
            case Choice.Chosen(var receipt, var fallback) ->
                new Eligible(id, template, price + ", with " + receipt.text(), receipt, fallback);
            case Choice.Missing(var why) -> new Skipped(id, Code.NO_CREDENTIAL, why);
        };
    }
}
