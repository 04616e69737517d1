package dev.sandboxer.http.e2b.control;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.feature.SandboxMetrics;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Samples of each sandbox's usage, taken periodically and on request. They are kept in memory. Thread-safe. */
final class UsageHistory {
    static final Duration PERIOD = Duration.ofSeconds(5);

    /** The most samples kept per sandbox: those of an hour. */
    private static final int MAX_SAMPLES = 720;

    private static final double PER_CENT = 100;

    private final Sandboxes sandboxes;
    private final Map<SandboxId, Series> history = new ConcurrentHashMap<>();

    UsageHistory(Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
    }

    /**
     * The usage of a sandbox at one moment, in E2B's form. Memory and disk are in bytes.
     *
     * @param cpuUsedPct percent of all processors since the previous sample, as E2B's daemon counts
     */
    record Sample(
            Instant timestamp,
            long timestampUnix,
            int cpuCount,
            double cpuUsedPct,
            long memUsed,
            long memTotal,
            long memCache,
            long diskUsed,
            long diskTotal) {}

    private static final class Series {
        private final Deque<Sample> samples = new ArrayDeque<>();
        private @Nullable SandboxMetrics last;

        private synchronized List<Sample> add(Sandbox sandbox, SandboxMetrics now) {
            if (samples.size() == MAX_SAMPLES) {
                samples.removeFirst();
            }
            samples.add(sample(sandbox, now));
            last = now;
            return List.copyOf(samples);
        }

        private Sample sample(Sandbox sandbox, SandboxMetrics now) {
            var at = now.at().truncatedTo(ChronoUnit.MILLIS);
            return new Sample(
                    at,
                    at.getEpochSecond(),
                    SandboxViews.cpus(sandbox.size().cpuMillis()),
                    cpuPercent(sandbox, now),
                    now.memoryUsedBytes(),
                    now.memoryTotalBytes(),
                    now.memoryCacheBytes(),
                    now.diskUsedBytes(),
                    now.diskTotalBytes());
        }

        private double cpuPercent(Sandbox sandbox, SandboxMetrics now) {
            var before = last;
            var since = before != null ? before.at() : sandbox.startedAt();
            var used = before != null ? now.cpuUsed().minus(before.cpuUsed()) : now.cpuUsed();
            var time = since == null ? Duration.ZERO : Duration.between(since, now.at());
            var available = time.toNanos() * SandboxViews.cpus(sandbox.size().cpuMillis());
            return time.isPositive() && used.isPositive()
                    ? Math.round(PER_CENT * PER_CENT * used.toNanos() / available) / PER_CENT
                    : 0;
        }
    }

    /** Takes a sample now, and returns all samples of the sandbox, oldest first. */
    List<Sample> of(Sandbox sandbox) {
        return history.computeIfAbsent(sandbox.id(), any -> new Series()).add(sandbox, sandboxes.metrics(sandbox));
    }

    /** Takes a sample of each live sandbox that runs, and forgets the samples of sandboxes that are not live. */
    void sample(Collection<SandboxId> live) {
        history.keySet().retainAll(live);
        for (SandboxId id : live) {
            sandboxes
                    .find(id)
                    .filter(sandbox -> sandbox.state() == SandboxState.RUNNING)
                    .ifPresent(this::sampleQuietly);
        }
    }

    private void sampleQuietly(Sandbox sandbox) {
        try {
            of(sandbox);
        } catch (SandboxException e) {
            // it has ended, or its backend has no metrics; a request for metrics reports that
        }
    }
}
