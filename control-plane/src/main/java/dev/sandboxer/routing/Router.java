package dev.sandboxer.routing;

import dev.sandboxer.credentials.Choice;
import dev.sandboxer.credentials.CredentialRouter;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.RoutePolicy;
import dev.sandboxer.routing.Verdict.Code;
import dev.sandboxer.routing.Verdict.Eligible;
import dev.sandboxer.routing.Verdict.Skipped;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides which extensions are eligible for a sandbox, and their order. Calls no backend and creates nothing. Thread-safe. */
public final class Router {
    private final ExtensionRegistry registry;
    private final CredentialRouter credentials;
    private final Predicate<ExtensionId> enabled;
    private final Prices prices;
    private final Credits credits;
    private final AttemptHistory history;
    private final InstantSource clock;

    /** The order matters: each gate relies on those before it. The last one always has a verdict. */
    private final List<Gate> gates = List.of(
            this::isEnabled,
            this::isInstalled,
            this::hasTemplate,
            this::hasSnapshot,
            this::isAllowed,
            this::supportsSpec,
            this::hasCapabilities,
            this::hasCredential);

    /**
     * Creates a router.
     *
     * @param enabled true if the operator allows an extension; evaluated at each routing
     * @param credits what consumers can spend; read only if a candidate costs something
     * @param history the outcomes of earlier attempts
     */
    public Router(
            ExtensionRegistry registry,
            CredentialRouter credentials,
            Predicate<ExtensionId> enabled,
            Prices prices,
            Credits credits,
            AttemptHistory history,
            InstantSource clock) {
        this.registry = registry;
        this.credentials = credentials;
        this.enabled = enabled;
        this.prices = prices;
        this.credits = credits;
        this.history = history;
        this.clock = clock;
    }

    /**
     * Returns a verdict for each extension of the profile's route.
     *
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_CREDENTIAL} if the request names a credential that does not exist;
     *     {@code UNKNOWN_EXTENSION} if it names an extension that is not in the route
     */
    public Route route(Profile profile, Requirements requirements) {
        credentials.requireNamed(requirements.requester());
        requireInRoute(profile, requirements.preference());
        var choices = credentials.choices(requirements.requester());
        var passed = profile.route().stream()
                .map(id -> verdict(new Candidate(
                        id,
                        registry.find(id).orElse(null),
                        profile.templates().get(id),
                        profile,
                        requirements,
                        choices)))
                .toList();
        var latest = latestAttempts(passed, profile.policy());
        var credit = new AffordableTime(credits, requirements, prices.grace());
        var verdicts = passed.stream()
                .map(verdict -> unlessCircuitOpen(verdict, latest))
                .map(verdict -> verdict instanceof Eligible eligible ? credit.check(eligible) : verdict)
                .toList();
        var sorted = new TryOrder(latest, clock).sort(verdicts, profile.policy(), requirements.preference());
        return new Route(profile, requirements.ttl(), sorted);
    }

    /** Like {@link #route}, but also checks that this host supports the eligible extensions, which takes some time. */
    public Route explain(Profile profile, Requirements requirements) {
        var route = route(profile, requirements);
        var verdicts = route.verdicts().stream()
                .map(verdict -> verdict instanceof Eligible eligible ? checkHost(eligible) : verdict)
                .toList();
        return new Route(profile, route.ttl(), verdicts);
    }

    private Verdict checkHost(Eligible eligible) {
        var extension = registry.get(eligible.extension());
        return extension.checkHost(registry.context(extension.id())).findings().stream()
                .filter(finding -> finding.level() == HostReport.Level.MISSING)
                .findFirst()
                .<Verdict>map(missing ->
                        new Skipped(extension.id(), Code.HOST_UNSUPPORTED, missing.subject() + ": " + missing.text()))
                .orElse(eligible);
    }

    private static void requireInRoute(Profile profile, @Nullable Preference preference) {
        if (preference != null && !profile.route().contains(preference.extension())) {
            throw new SandboxException(
                    ErrorCode.UNKNOWN_EXTENSION,
                    preference.extension() + " is not in the route of " + profile.name() + ", which is "
                            + profile.route() + "; name one of these, or another profile");
        }
    }

    private Verdict verdict(Candidate candidate) {
        for (Gate gate : gates) {
            var verdict = gate.verdict(candidate);
            if (verdict.isPresent()) {
                return verdict.get();
            }
        }
        throw new IllegalStateException("the last gate has a verdict for " + candidate.id());
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
                        Code.CAPABILITY_MISSING, "does not have the snapshot; only " + only + " has it"));
    }

    private Optional<Verdict> isAllowed(Candidate candidate) {
        var preference = candidate.requirements().preference();
        return preference == null
                        || !preference.locked()
                        || preference.extension().equals(candidate.id())
                ? Optional.empty()
                : Optional.of(
                        candidate.skipped(Code.DISABLED, "the request is for " + preference.extension() + " only"));
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
                        Code.CAPABILITY_MISSING,
                        missing == Capability.SIZE
                                ? "its sandboxes have the size of their template"
                                : lacks(candidate, missing)));
    }

    private static String lacks(Candidate candidate, Capability missing) {
        var reason = candidate.installed().whyLacking(missing);
        return "lacks the capability " + missing.text() + (reason.isEmpty() ? "" : ": " + reason);
    }

    private Optional<Verdict> hasCredential(Candidate candidate) {
        var named = candidate.profile().credentials().get(candidate.id());
        return Optional.of(
                switch (candidate.choices().of(candidate.installed(), named)) {
                    case Choice.NotNeeded() -> eligible(candidate, null, null);
                    case Choice.Chosen(var receipt, var fallback) -> eligible(candidate, receipt, fallback);
                    case Choice.Missing(var reason) -> candidate.skipped(Code.NO_CREDENTIAL, reason);
                });
    }

    private Verdict eligible(Candidate candidate, @Nullable Receipt receipt, @Nullable Receipt fallback) {
        var spec = candidate.spec();
        var requirements = candidate.requirements();
        var tariff = prices.tariff(
                candidate.installed(),
                spec.size(),
                spec.region(),
                requirements.requester().consumer(),
                receipt);
        var quote = Quote.of(tariff, spec.size(), requirements.ttl());
        return new Eligible(
                candidate.id(), spec, quote, receipt, fallback, requirements.ttl(), network(candidate, spec));
    }

    /** Returns a note if the network is not denied, but the backend has none. */
    private static String network(Candidate candidate, SandboxSpec spec) {
        return spec.network().byDefault() == NetworkPolicy.DENY
                        || candidate.installed().capabilities().contains(Capability.NETWORK_ALLOW)
                ? ""
                : "its sandboxes have no network";
    }

    /** Reads the latest attempts, once for all candidates, and only for accounts whose attempts matter. */
    private Map<Account, List<PastAttempt>> latestAttempts(List<Verdict> verdicts, RoutePolicy policy) {
        var bySpeed = policy == RoutePolicy.FASTEST;
        var accounts = new LinkedHashSet<Account>();
        for (Verdict verdict : verdicts) {
            if (verdict instanceof Eligible eligible
                    && (bySpeed || eligible.quote().metered())) {
                accounts.add(eligible.account());
            }
        }
        return bySpeed
                ? history.latest(accounts, Speed.ATTEMPTS)
                : history.latest(
                        history.withFailures(accounts, clock.instant().minus(CircuitBreaker.MEMORY)),
                        CircuitBreaker.ATTEMPTS);
    }

    /**
     * Skips accounts whose circuit is open. Keeps unmetered extensions: they run on this host, where a pause would only hide the failure.
     */
    private Verdict unlessCircuitOpen(Verdict verdict, Map<Account, List<PastAttempt>> latest) {
        if (!(verdict instanceof Eligible eligible) || !eligible.quote().metered()) {
            return verdict;
        }
        return CircuitBreaker.reasonAgainst(latest.getOrDefault(eligible.account(), List.of()), clock.instant())
                .<Verdict>map(reason -> new Skipped(eligible.extension(), Code.CIRCUIT_OPEN, reason))
                .orElse(eligible);
    }
}
