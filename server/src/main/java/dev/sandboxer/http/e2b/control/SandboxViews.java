package dev.sandboxer.http.e2b.control;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.http.e2b.edge.Tokens;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Converts sandboxes to E2B's JSON. */
final class SandboxViews {
    /** The version of E2B's in-sandbox daemon that this server imitates. Clients choose the features that they use by this version. */
    static final String ENVD_VERSION = "0.6.13";

    private static final String CLIENT = "sandboxer";
    private static final int MILLIS_PER_CPU = 1000;

    private final Tokens tokens;
    private final Supplier<String> domain;
    private final Predicate<Sandbox> internet;

    /**
     * @param domain under which sandboxes have host names
     * @param internet whether a sandbox has a network
     */
    SandboxViews(Tokens tokens, Supplier<String> domain, Predicate<Sandbox> internet) {
        this.tokens = tokens;
        this.domain = domain;
        this.internet = internet;
    }

    /**
     * A sandbox for the caller that created or connected to it, with its access tokens.
     *
     * @param envdAccessToken null = the sandbox needs no token
     * @param notice a field that E2B doesn't have: why an accepted option has no effect; null = all options have one
     */
    record Created(
            String templateID,
            String sandboxID,
            String clientID,
            String envdVersion,
            String alias,
            @Nullable String envdAccessToken,
            @Nullable String trafficAccessToken,
            String domain,
            @Nullable String notice) {}

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

    /**
     * One sandbox in full: what a list shows, and more.
     *
     * @param allowInternetAccess whether the sandbox has a network, whatever the request asked for
     */
    record Detail(
            @JsonUnwrapped Listed listed,
            @Nullable String envdAccessToken,
            boolean allowInternetAccess,
            String domain,
            Network network,
            Lifecycle lifecycle) {}

    record Network(
            @Nullable List<String> allowOut,
            @Nullable List<String> denyOut,
            boolean allowPublicTraffic,
            @Nullable String maskRequestHost) {
        static Network of(Terms terms) {
            var rules = terms.rules();
            return new Network(
                    rules == null ? null : rules.allowOut(),
                    rules == null ? null : rules.denyOut(),
                    terms.publicPorts(),
                    terms.hostMask());
        }
    }

    record Lifecycle(boolean autoResume, String onTimeout) {}

    Created created(Sandbox sandbox) {
        return created(sandbox, null);
    }

    Created created(Sandbox sandbox, @Nullable String notice) {
        return new Created(
                Templates.idOf(sandbox),
                sandbox.id().value(),
                CLIENT,
                ENVD_VERSION,
                Templates.aliasOf(sandbox),
                access(sandbox),
                sandbox.terms().publicPorts() ? null : tokens.traffic(sandbox.id()),
                domain.get(),
                notice);
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
                Templates.aliasOf(sandbox),
                new TreeMap<>(sandbox.metadata()));
    }

    Detail detail(Sandbox sandbox) {
        var terms = sandbox.terms();
        return new Detail(
                listed(sandbox),
                access(sandbox),
                internet.test(sandbox),
                domain.get(),
                Network.of(terms),
                new Lifecycle(terms.autoResume(), terms.onTimeout() == OnTimeout.PAUSE ? "pause" : "kill"));
    }

    private @Nullable String access(Sandbox sandbox) {
        return sandbox.terms().secured() ? tokens.access(sandbox.id()) : null;
    }

    /** Returns a profile's name as E2B's users write it, such as {@code base}. */
    static String alias(ProfileName name) {
        return name.alias();
    }

    static String alias(Profile profile) {
        return alias(profile.name());
    }

    static String state(Sandbox sandbox) {
        return sandbox.state() == SandboxState.PAUSED ? "paused" : "running";
    }

    /** Returns the number of processors, rounded up to a whole one as at E2B. */
    static int cpus(int cpuMillis) {
        return Math.max(1, (cpuMillis + MILLIS_PER_CPU - 1) / MILLIS_PER_CPU);
    }

    private static Instant startedAt(Sandbox sandbox) {
        return millis(Objects.requireNonNullElse(sandbox.startedAt(), sandbox.createdAt()));
    }

    /** Returns the deadline, or the time of the pause if the sandbox is paused. */
    private static Instant endAt(Sandbox sandbox) {
        return millis(Objects.requireNonNullElse(sandbox.pausedAt(), sandbox.deadline()));
    }

    private static Instant millis(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS);
    }
}
