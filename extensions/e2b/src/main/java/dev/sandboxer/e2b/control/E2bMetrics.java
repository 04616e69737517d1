package dev.sandboxer.e2b.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxMetrics;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/**
 * What sandboxes use, made of E2B's samples ({@code GET /sandboxes/{id}/metrics}, {@code SandboxMetric} of
 * {@code spec/openapi.yml}), one every five seconds: the share of all processors that was used since the sample before. The time
 * of the processors, which the contract wants, is the sum of share, processors and time; so it is as exact as the samples.
 * Thread-safe.
 */
public final class E2bMetrics {
    /** Longer gaps are pauses, of which a sample says nothing. */
    private static final Duration LONGEST_GAP = Duration.ofSeconds(30);

    private static final Duration USUAL_GAP = Duration.ofSeconds(5);
    private static final double PER_CENT = 100;

    private final ControlClient control;

    /** What has been summed up, as samples may be dropped over there. */
    private final Map<BackendRef, Used> sums = new ConcurrentHashMap<>();

    public E2bMetrics(ControlClient control) {
        this.control = control;
    }

    private record Used(Instant until, Duration time) {
        Used and(JsonNode sample) {
            var at = at(sample);
            if (!at.isAfter(until)) {
                return this;
            }
            var gap = Duration.between(until, at);
            var counted = gap.compareTo(LONGEST_GAP) > 0 ? USUAL_GAP : gap;
            var share = Math.max(0, sample.path("cpuUsedPct").asDouble(0)) / PER_CENT;
            var processors = Math.max(1, sample.path("cpuCount").asInt(1));
            return new Used(at, time.plusNanos(Math.round(counted.toNanos() * share * processors)));
        }
    }

    public SandboxMetrics of(BackendRef sandbox) {
        var known = sums.get(sandbox);
        var begin = known == null ? new Used(control.get(sandbox).startedAt(), Duration.ZERO) : known;
        var samples = control.metrics(sandbox, begin.until());
        if (samples.isEmpty()) {
            throw ExtensionException.notApplied(
                    Kind.TRANSIENT, "E2B has not measured the sandbox " + sandbox + " yet; it does every few seconds");
        }
        var last = samples.getLast();
        try {
            var used = sums.compute(sandbox, (_, now) -> {
                var sum = now == null ? begin : now;
                for (JsonNode sample : samples) {
                    sum = sum.and(sample);
                }
                return sum;
            });
            return new SandboxMetrics(
                    at(last),
                    used.time(),
                    last.path("memUsed").asLong(0),
                    last.path("memCache").asLong(0),
                    last.path("memTotal").asLong(0),
                    last.path("diskUsed").asLong(0),
                    last.path("diskTotal").asLong(0));
        } catch (DateTimeException e) {
            throw control.errors().malformed("measuring a sandbox", "no time in a sample");
        }
    }

    public void forget(BackendRef sandbox) {
        sums.remove(sandbox);
    }

    private static Instant at(JsonNode sample) {
        return Instant.parse(sample.path("timestamp").asString(""));
    }
}
