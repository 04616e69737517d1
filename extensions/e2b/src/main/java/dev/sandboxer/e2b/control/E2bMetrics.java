package dev.sandboxer.e2b.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.SandboxMetrics;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/**
 * Metrics of sandboxes, computed from E2B's samples ({@code GET /sandboxes/{id}/metrics}, {@code SandboxMetric} of
 * {@code spec/openapi.yml}). A sample is taken every five seconds and has the share of all processors that was used since the previous
 * sample. The contract asks for processor time instead: the sum of share × processors × interval. Thread-safe.
 */
public final class E2bMetrics {
    /** A longer gap between two samples is a pause of the sandbox. */
    private static final Duration MAX_GAP = Duration.ofSeconds(30);

    private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(5);
    private static final double PER_CENT = 100;

    private final ControlClient control;

    /** Processor time so far. It is kept here because E2B may drop old samples. */
    private final Map<BackendRef, CpuTime> sums = new ConcurrentHashMap<>();

    public E2bMetrics(ControlClient control) {
        this.control = control;
    }

    /** Processor time used up to a sample. */
    private record CpuTime(Instant until, Duration time) {
        CpuTime plus(JsonNode sample) {
            var at = timestamp(sample);
            if (!at.isAfter(until)) {
                return this;
            }
            var gap = Duration.between(until, at);
            var counted = gap.compareTo(MAX_GAP) > 0 ? SAMPLE_INTERVAL : gap;
            var share = Math.max(0, sample.path("cpuUsedPct").asDouble(0)) / PER_CENT;
            var processors = Math.max(1, sample.path("cpuCount").asInt(1));
            return new CpuTime(at, time.plusNanos(Math.round(counted.toNanos() * share * processors)));
        }
    }

    public SandboxMetrics of(BackendRef sandbox) {
        var known = sums.get(sandbox);
        var begin = known == null ? new CpuTime(control.get(sandbox).startedAt(), Duration.ZERO) : known;
        var samples = control.metrics(sandbox, begin.until());
        if (samples.isEmpty()) {
            throw ExtensionException.notApplied(
                    Kind.TRANSIENT, "E2B has not measured the sandbox " + sandbox + " yet; try again in a few seconds");
        }
        var last = samples.getLast();
        try {
            var used = sums.compute(sandbox, (_, now) -> {
                var sum = now == null ? begin : now;
                for (JsonNode sample : samples) {
                    sum = sum.plus(sample);
                }
                return sum;
            });
            return new SandboxMetrics(
                    timestamp(last),
                    used.time(),
                    last.path("memUsed").asLong(0),
                    last.path("memCache").asLong(0),
                    last.path("memTotal").asLong(0),
                    last.path("diskUsed").asLong(0),
                    last.path("diskTotal").asLong(0),
                    0,
                    0,
                    0);
        } catch (DateTimeException e) {
            throw control.errors().malformed("measuring a sandbox", "a sample without a timestamp");
        }
    }

    public void forget(BackendRef sandbox) {
        sums.remove(sandbox);
    }

    private static Instant timestamp(JsonNode sample) {
        return Instant.parse(sample.path("timestamp").asString(""));
    }
}
