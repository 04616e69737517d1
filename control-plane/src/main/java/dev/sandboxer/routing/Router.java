package dev.sandboxer.routing;

import dev.sandboxer.credentials.Choice;
import dev.sandboxer.credentials.CredentialRouter;
import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.Support;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Verdict.Code;
import dev.sandboxer.routing.Verdict.Eligible;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides who could take a sandbox of a profile. Asks no backend and creates nothing. Thread-safe. */
public final class Router {
    private final ExtensionRegistry registry;
    private final CredentialRouter credentials;
    private final Predicate<ExtensionId> enabled;

    /** In this order: each takes for granted what those before it let pass. The last one always has a verdict. */
    private final List<Gate> gates = List.of(
            this::isEnabled,
            this::isInstalled,
            this::hasTemplate,
            this::hasSnapshot,
            this::supportsSpec,
            this::hasCapabilities,
            this::hasCredential);

    /**
     * Makes a router.
     *
     * @param enabled whether the operator lets routes use an extension; asked only when routing
     */
    public Router(ExtensionRegistry registry, CredentialRouter credentials, Predicate<ExtensionId> enabled) {
        this.registry = registry;
        this.credentials = credentials;
        this.enabled = enabled;
    }

    /** A verdict for each extension of the profile's route, in its order, for a plain request of that consumer. */
    public List<Verdict> route(Profile profile, String consumer) {
        return route(profile, Requirements.of(Requester.of(consumer), profile));
    }

    /**
     * A verdict for each extension of the profile's route, in its order.
     *
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_CREDENTIAL} when the request names one that isn't there
     */
    public List<Verdict> route(Profile profile, Requirements requirements) {
        credentials.requireNamed(requirements.requester());
        return profile.route().stream()
                .map(id -> verdict(new Candidate(
                        id, registry.find(id).orElse(null), profile.templates().get(id), profile, requirements)))
                .toList();
    }

    private Verdict verdict(Candidate candidate) {
        return gates.stream()
                .flatMap(gate -> gate.verdict(candidate).stream())
                .findFirst()
                .orElseThrow();
    }

    private Optional<Verdict> isEnabled(Candidate candidate) {
        return enabled.test(candidate.id())
                ? Optional.empty()
                : Optional.of(candidate.skipped(Code.DISABLED, "switched off in the configuration"));
    }

    private Optional<Verdict> isInstalled(Candidate candidate) {
        return candidate.extension() != null
                ? Optional.empty()
                : Optional.of(candidate.skipped(Code.DISABLED, "not installed"));
    }

    private Optional<Verdict> hasTemplate(Candidate candidate) {
        return candidate.template() != null
                ? Optional.empty()
                : Optional.of(candidate.skipped(Code.DISABLED, "the profile names no template for it"));
    }

    private Optional<Verdict> hasSnapshot(Candidate candidate) {
        var only = candidate.requirements().only();
        return only == null || only.equals(candidate.id())
                ? Optional.empty()
                : Optional.of(candidate.skipped(
                        Code.CAPABILITY_MISSING, "doesn't have the snapshot, which " + only + " has"));
    }

    private Optional<Verdict> supportsSpec(Candidate candidate) {
        return switch (candidate.installed().supports(candidate.spec())) {
            case Support.Supported() -> Optional.empty();
            case Support.Unsupported(var reason) -> Optional.of(candidate.skipped(Code.CAPABILITY_MISSING, reason));
        };
    }

    private Optional<Verdict> hasCapabilities(Candidate candidate) {
        return candidate.requirements().capabilities().stream()
                .filter(capability -> !candidate.installed().capabilities().contains(capability))
                .findFirst()
                .map(missing -> candidate.skipped(
                        Code.CAPABILITY_MISSING, "can't " + missing.name().toLowerCase(Locale.ROOT)));
    }

    private Optional<Verdict> hasCredential(Candidate candidate) {
        var named = candidate.profile().credentials().get(candidate.id());
        var choice = credentials.choose(
                candidate.installed(), candidate.requirements().requester(), named);
        return Optional.of(
                switch (choice) {
                    case Choice.NotNeeded() -> eligible(candidate, null, null);
                    case Choice.Chosen(var receipt, var fallback) -> eligible(candidate, receipt, fallback);
                    case Choice.Missing(var why) -> candidate.skipped(Code.NO_CREDENTIAL, why);
                });
    }

    private static Eligible eligible(Candidate candidate, @Nullable Receipt receipt, @Nullable Receipt fallback) {
        return new Eligible(
                candidate.id(),
                candidate.spec(),
                new Quote(candidate.installed().metered()),
                receipt,
                fallback);
    }
}
