package dev.sandboxer.e2b.control;

import static dev.sandboxer.e2b.ScriptedCloud.SANDBOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.e2b.ScriptedCloud;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.Measuring;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
    private static final String METRICS = "GET /sandboxes/" + SANDBOX + "/metrics";
    private static final BackendRef REF = new BackendRef(SANDBOX);

    /** When the scripted cloud's sandbox started. */
    private static final Instant STARTED = Instant.parse("2026-11-25T10:00:00Z");

    @TempDir
    Path directory;

    @AutoClose
    private final ScriptedCloud cloud = new ScriptedCloud().withSandbox();

    @Test
    void processor_time_is_summed_up_from_the_shares_in_the_samples() {
        try (var backend = cloud.open(directory)) {
            cloud.on(
                    METRICS,
                    200,
                    "[" + sample(STARTED.plusSeconds(5), 50) + "," + sample(STARTED.plusSeconds(10), 100) + "]");

            var metrics = ((Measuring) backend).metrics(REF);

            assertThat(metrics.cpuUsed()).isEqualTo(Duration.ofSeconds(15)); // 5 s half of 2, 5 s all of 2
            assertThat(metrics.at()).isEqualTo(STARTED.plusSeconds(10));
            assertThat(metrics.memoryUsedBytes()).isEqualTo(100);
            assertThat(metrics.memoryTotalBytes()).isEqualTo(1000);
            assertThat(metrics.diskUsedBytes()).isEqualTo(20);
            assertThat(metrics.diskTotalBytes()).isEqualTo(200);
        }
    }

    @Test
    void a_sample_counts_once_however_often_it_is_sent() {
        var samples = sample(STARTED.plusSeconds(5), 50) + "," + sample(STARTED.plusSeconds(10), 50);
        cloud.on(METRICS, 200, "[" + samples + "," + samples + "]");
        try (var backend = cloud.open(directory)) {
            assertThat(((Measuring) backend).metrics(REF).cpuUsed()).isEqualTo(Duration.ofSeconds(10));
            assertThat(((Measuring) backend).metrics(REF).cpuUsed()).isEqualTo(Duration.ofSeconds(10));
        }
    }

    @Test
    void a_pause_between_two_samples_does_not_count() {
        try (var backend = cloud.open(directory)) {
            cloud.on(
                    METRICS,
                    200,
                    "[" + sample(STARTED.plusSeconds(5), 0) + "," + sample(STARTED.plusSeconds(3605), 100) + "]");

            assertThat(((Measuring) backend).metrics(REF).cpuUsed()).isEqualTo(Duration.ofSeconds(10));
        }
    }

    @Test
    void before_the_first_sample_metrics_fail() {
        cloud.on(METRICS, 200, "[]");
        try (var backend = cloud.open(directory)) {
            var failure = catchThrowableOfType(ExtensionException.class, () -> ((Measuring) backend).metrics(REF));

            assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
            assertThat(failure).hasMessageContaining("has not measured");
        }
    }

    @Test
    void a_malformed_list_of_samples_is_a_failure() {
        for (String answer : new String[] {"{}", "[{}]", "[{\"timestamp\":\"soon\"}]"}) {
            cloud.on(METRICS, 200, answer);
            try (var backend = cloud.open(directory)) {
                assertThat(catchThrowableOfType(ExtensionException.class, () -> ((Measuring) backend).metrics(REF)))
                        .isNotNull();
            }
        }
    }

    private static String sample(Instant at, double share) {
        return "{\"timestamp\":\"" + at + "\",\"cpuCount\":2,\"cpuUsedPct\":" + share
                + ",\"memUsed\":100,\"memCache\":10,\"memTotal\":1000,\"diskUsed\":20,\"diskTotal\":200}";
    }
}
