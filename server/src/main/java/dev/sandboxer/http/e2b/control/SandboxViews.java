package dev.sandboxer.http.e2b.control;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.http.e2b.edge.Tokens;
import dev.sandboxer.lifecycle.state.OnTimeout;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sandboxes in E2B's form. */
final class SandboxViews {
    /** The version of E2B's in-sandbox daemon that we behave like. Clients decide by it which features they use. */
    static final String ENVD_VERSION = "0.6.13";

    private static final String CLIENT = "sandboxer";
    private static final int MILLIS_PER_CPU = 1000;

    private final Tokens tokens;
    private final Supplier<String> domain;

    /**
     * @param domain under which sandboxes have host names
     */
    SandboxViews(Tokens tokens, Supplier<String> domain) {
        this.tokens = tokens;
        this.domain = domain;
    }

    /** A sandbox for the caller that created or connected to it: with the tokens that open it. */
    record Created(
            String templateID,
            String sandboxID,
            String clientID,
            String envdVersion,
            String alias,
            String envdAccessToken,
            @Nullable String trafficAccessToken,
            String domain) {}

    record Listed(
            String templateID,
            String sandboxID,
            String clientID,
            Instant startedAt,
            Instant endAt,
            int cpuCount,
            int memoryMB,
            int diskSizeMB,
            String state,
            String envdVersion,
            String alias,
            Map<String, String> metadata) {}

    /** One sandbox in full: what a list shows, and more. */
    record Detail(
            @JsonUnwrapped Listed listed,
            String envdAccessToken,
            @Nullable Boolean allowInternetAccess,
            String domain,
            Network network,
            Lifecycle lifecycle) {}

    record Network(boolean allowPublicTraffic, @Nullable String maskRequestHost) {}

    record Lifecycle(boolean autoResume, String onTimeout) {}

    Created created(Sandbox sandbox) {
        return new Created(
                Templates.idOf(sandbox),
                sandbox.id().value(),
                CLIENT,
                ENVD_VERSION,
                alias(sandbox.profile()),
                tokens.access(sandbox.id()),
                sandbox.terms().publicPorts() ? null : tokens.traffic(sandbox.id()),
                domain.get());
    }

    Listed listed(Sandbox sandbox) {
        return new Listed(
                Templates.idOf(sandbox),
                sandbox.id().value(),
                CLIENT,
                startedAt(sandbox),
                endAt(sandbox),
                cpus(sandbox.size().cpuMillis()),
                sandbox.size().memoryMiB(),
                sandbox.size().diskMiB(),
                state(sandbox),
                ENVD_VERSION,
                alias(sandbox.profile()),
                new TreeMap<>(sandbox.metadata()));
    }

    Detail detail(Sandbox sandbox) {
        var terms = sandbox.terms();
        return new Detail(
                listed(sandbox),
                tokens.access(sandbox.id()),
                NewSandbox.shownInternetAccess(terms.network()),
                domain.get(),
                new Network(terms.publicPorts(), terms.hostMask()),
                new Lifecycle(terms.autoResume(), terms.onTimeout() == OnTimeout.PAUSE ? "pause" : "kill"));
    }

    /** A profile's name as E2B's users write it: {@code base}. */
    static String alias(ProfileName name) {
        return name.value().substring("profile.".length());
    }

    static String alias(Profile profile) {
        return alias(profile.name());
    }

    static String state(Sandbox sandbox) {
        return sandbox.state() == SandboxState.PAUSED ? "paused" : "running";
    }

    /** Whole processors, as E2B counts them, rounded up. */
    static int cpus(int cpuMillis) {
        return Math.max(1, (cpuMillis + MILLIS_PER_CPU - 1) / MILLIS_PER_CPU);
    }

    private static Instant startedAt(Sandbox sandbox) {
        return millis(Objects.requireNonNullElse(sandbox.startedAt(), sandbox.createdAt()));
    }

    /** The deadline, or the time of the pause when it is paused. */
    private static Instant endAt(Sandbox sandbox) {
        return millis(Objects.requireNonNullElse(sandbox.pausedAt(), sandbox.deadline()));
    }

    private static Instant millis(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS);
    }
}
