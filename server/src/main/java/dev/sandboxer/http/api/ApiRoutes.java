package dev.sandboxer.http.api;

import dev.sandboxer.capabilities.CapabilityRegistry;
import dev.sandboxer.capabilities.CapabilityView;
import dev.sandboxer.charging.SandboxCharges;
import dev.sandboxer.config.units.Gpus;
import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.routing.Requirements;
import dev.sandboxer.routing.RouteView;
import dev.sandboxer.routing.Router;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Routes under {@code /api/v1} for profiles and their routes, extensions, capabilities and sandboxes. All are read-only. */
public final class ApiRoutes {
    private final Sandboxes sandboxes;
    private final ConsumerProfiles profiles;
    private final ExtensionRegistry extensions;
    private final Router router;
    private final SandboxCharges charges;

    public ApiRoutes(
            Sandboxes sandboxes,
            ConsumerProfiles profiles,
            ExtensionRegistry extensions,
            Router router,
            SandboxCharges charges) {
        this.sandboxes = sandboxes;
        this.profiles = profiles;
        this.extensions = extensions;
        this.router = router;
        this.charges = charges;
    }

    public List<Route> routes() {
        return List.of(
                new Route("GET", "/api/v1/profiles", this::profiles),
                new Route("GET", "/api/v1/profiles/{profile}/route", this::route),
                new Route("GET", "/api/v1/extensions", this::extensions),
                new Route("GET", "/api/v1/capabilities", ApiRoutes::capabilities),
                new Route("GET", "/api/v1/sandboxes/{sandboxID}", this::sandbox));
    }

    private record ProfileView(
            String name,
            String description,
            List<String> route,
            int cpuMillis,
            int memoryMiB,
            int diskMiB,
            long ttlMs,
            long maxTtlMs,
            String network,
            String policy,
            @Nullable String gpu,
            @Nullable String region) {
        static ProfileView of(Profile profile) {
            return new ProfileView(
                    profile.name().value(),
                    profile.description(),
                    profile.route().stream().map(Object::toString).toList(),
                    profile.size().cpuMillis(),
                    profile.size().memoryMiB(),
                    profile.size().diskMiB(),
                    profile.ttl().toMillis(),
                    profile.maxTtl().toMillis(),
                    profile.network().byDefault().name().toLowerCase(Locale.ROOT),
                    profile.policy().text(),
                    profile.size().gpu() == null
                            ? null
                            : Gpus.format(profile.size().gpu()),
                    profile.options().region());
        }
    }

    private void profiles(HttpExchange exchange) throws IOException {
        exchange.json(
                200,
                profiles.of(consumer(exchange)).all().stream()
                        .map(ProfileView::of)
                        .toList());
    }

    private static String consumer(HttpExchange exchange) {
        return Objects.requireNonNull(exchange.notes().consumer);
    }

    private void route(HttpExchange exchange) throws IOException {
        var profile = profiles.of(consumer(exchange)).get(exchange.parameter("profile"));
        var requester = Requester.of(consumer(exchange));
        exchange.json(200, RouteView.of(router.explain(profile, Requirements.of(requester, profile))));
    }

    private record ExtensionView(String id, String description, boolean metered, List<String> capabilities) {
        static ExtensionView of(Extension extension) {
            return new ExtensionView(
                    extension.id().value(),
                    extension.description(),
                    extension.metered(),
                    extension.capabilities().stream()
                            .map(Capability::text)
                            .sorted()
                            .toList());
        }
    }

    private void extensions(HttpExchange exchange) throws IOException {
        exchange.json(200, extensions.all().stream().map(ExtensionView::of).toList());
    }

    private static void capabilities(HttpExchange exchange) throws IOException {
        exchange.json(200, CapabilityView.of(CapabilityRegistry.builtIn()));
    }

    private record AttemptView(
            int number,
            String extension,
            Instant startedAt,
            @Nullable String outcome,
            @Nullable Long tookMs,
            @Nullable String failure,
            @Nullable String message) {
        static AttemptView of(Attempt attempt) {
            return new AttemptView(
                    attempt.number(),
                    attempt.extension().value(),
                    attempt.startedAt(),
                    attempt.outcome() == null ? null : attempt.outcome().text(),
                    attempt.length() == null ? null : attempt.length().toMillis(),
                    attempt.failure() == null ? null : attempt.failure().name().toLowerCase(Locale.ROOT),
                    attempt.message());
        }
    }

    private record SandboxView(
            String id,
            String profile,
            String state,
            @Nullable String reason,
            @Nullable String extension,
            int cpuMillis,
            int memoryMiB,
            int diskMiB,
            Map<String, String> metadata,
            Instant createdAt,
            @Nullable Instant startedAt,
            Instant deadline,
            @Nullable Instant pausedAt,
            @Nullable Instant endedAt,
            SandboxCharges.@Nullable View charges,
            List<String> route,
            List<AttemptView> attempts) {
        static SandboxView of(Sandbox sandbox, SandboxCharges.@Nullable View charges, List<Attempt> attempts) {
            return new SandboxView(
                    sandbox.id().value(),
                    sandbox.profile().value(),
                    sandbox.state().text(),
                    sandbox.reason() == null ? null : sandbox.reason().text(),
                    sandbox.extension() == null ? null : sandbox.extension().value(),
                    sandbox.size().cpuMillis(),
                    sandbox.size().memoryMiB(),
                    sandbox.size().diskMiB(),
                    new TreeMap<>(sandbox.metadata()),
                    sandbox.createdAt(),
                    sandbox.startedAt(),
                    sandbox.deadline(),
                    sandbox.pausedAt(),
                    sandbox.endedAt(),
                    charges,
                    String.valueOf(
                                    sandbox.origin().route() == null
                                            ? ""
                                            : sandbox.origin().route())
                            .lines()
                            .toList(),
                    attempts.stream().map(AttemptView::of).toList());
        }
    }

    /** Answers with a sandbox, even one that has ended, so that users can see how it ended. */
    private void sandbox(HttpExchange exchange) throws IOException {
        var text = exchange.parameter("sandboxID");
        var found = id(text).flatMap(sandboxes::find)
                .filter(sandbox -> sandbox.consumer().equals(exchange.notes().consumer))
                .orElseThrow(() -> new SandboxException(ErrorCode.UNKNOWN_SANDBOX, "sandbox " + text + " not found"));
        exchange.notes().sandbox = found.id().value();
        exchange.json(200, SandboxView.of(found, charges.of(found), sandboxes.attempts(found)));
    }

    private static Optional<SandboxId> id(String text) {
        try {
            return Optional.of(new SandboxId(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
