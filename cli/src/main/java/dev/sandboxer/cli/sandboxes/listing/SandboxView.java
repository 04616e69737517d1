package dev.sandboxer.cli.sandboxes.listing;

import dev.sandboxer.charging.SandboxCharges;
import dev.sandboxer.cli.access.ReceiptView;
import dev.sandboxer.cli.sandboxes.network.NetworkView;
import dev.sandboxer.config.units.Gpus;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.names.SandboxNames;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A sandbox as JSON. The names of fields contain their units; times are in RFC 3339. */
public record SandboxView(
        String id,
        @Nullable String name,
        String consumer,
        String profile,
        String state,
        @Nullable String reason,
        @Nullable String command,
        @Nullable Integer exitCode,
        @Nullable String extension,
        int cpuMillis,
        int memoryMiB,
        int diskMiB,
        @Nullable String gpu,
        @Nullable String region,
        Map<String, String> metadata,
        Instant createdAt,
        @Nullable Instant startedAt,
        Instant deadline,
        @Nullable Instant endedAt,
        @Nullable ReceiptView credential,
        @Nullable List<String> route) {
    /** Returns the view of a sandbox. */
    public static SandboxView of(Sandbox sandbox) {
        return new SandboxView(
                sandbox.id().value(),
                sandbox.metadata().get(SandboxNames.NAME),
                sandbox.consumer(),
                sandbox.profile().value(),
                sandbox.state().text(),
                sandbox.reason() == null ? null : sandbox.reason().text(),
                sandbox.command(),
                sandbox.exitCode(),
                sandbox.extension() == null ? null : sandbox.extension().value(),
                sandbox.size().cpuMillis(),
                sandbox.size().memoryMiB(),
                sandbox.size().diskMiB(),
                sandbox.size().gpu() == null ? null : Gpus.format(sandbox.size().gpu()),
                sandbox.placement().region(),
                new TreeMap<>(sandbox.metadata()),
                sandbox.createdAt(),
                sandbox.startedAt(),
                sandbox.deadline(),
                sandbox.endedAt(),
                ReceiptView.of(sandbox.receipt()),
                sandbox.origin().route() == null
                        ? null
                        : sandbox.origin().route().lines().toList());
    }

    /** One attempt to create the sandbox. */
    record AttemptView(
            int number,
            String extension,
            Instant startedAt,
            @Nullable String outcome,
            @Nullable Long tookMs,
            @Nullable String failure,
            @Nullable String message,
            @Nullable ReceiptView credential) {
        static AttemptView of(Attempt attempt) {
            return new AttemptView(
                    attempt.number(),
                    attempt.extension().value(),
                    attempt.startedAt(),
                    attempt.outcome() == null ? null : attempt.outcome().text(),
                    attempt.length() == null ? null : attempt.length().toMillis(),
                    attempt.failure() == null ? null : attempt.failure().name().toLowerCase(Locale.ROOT),
                    attempt.message(),
                    ReceiptView.of(attempt.receipt()));
        }
    }

    /**
     * A sandbox with its history.
     *
     * @param charges null = the sandbox was created before charges were recorded
     * @param counted usage as the backend has counted it; null = not asked for, or not reported
     */
    record Detail(
            SandboxView sandbox,
            SandboxCharges.@Nullable View charges,
            @Nullable CountedView counted,
            NetworkView network,
            List<AttemptView> attempts) {}
}
