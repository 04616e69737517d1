package dev.sandboxer.extension.tck.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.Measuring;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.SandboxMetrics;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.Eventually;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.Requests;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Contract for the metrics of a sandbox, which are measured from outside and cover that sandbox alone. */
public abstract class MetricsContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected MetricsContract() {}

    private static final long MIB = 1 << 20;
    private static final long WANTED = 32 * MIB;

    @Override
    protected final Set<Capability> needs() {
        return Set.of(Capability.METRICS);
    }

    @Test
    void a_new_sandbox_uses_less_than_it_may() {
        var before = fixture().context().clock().instant();
        var box = create();
        var metrics = metrics(box);
        assertThat(metrics.at())
                .isBetween(before.minusSeconds(5), before.plus(fixture().timeout()));
        assertThat(metrics.cpuUsed()).isPositive();
        assertThat(metrics.memoryUsedBytes()).isPositive().isLessThan(metrics.memoryTotalBytes());
        assertThat(metrics.memoryCacheBytes()).isBetween(0L, metrics.memoryUsedBytes());
        assertThat(metrics.diskUsedBytes()).isPositive().isLessThan(metrics.diskTotalBytes());
        destroy(box);
    }

    @Test
    void the_limits_are_those_asked_for() {
        requires(Capability.SIZE);
        var box = create();
        var metrics = metrics(box);
        assertThat(metrics.memoryTotalBytes()).isEqualTo(fixture().size().memoryMiB() * MIB);
        // the file system itself uses part of the disk
        var disk = fixture().size().diskMiB() * MIB;
        assertThat(metrics.diskTotalBytes()).isBetween(disk * 3 / 4, disk);
        destroy(box);
    }

    @Test
    void processor_time_grows_with_work_and_never_falls() {
        var box = create();
        var other = create();
        var idle = metrics(other).cpuUsed();
        var before = metrics(box).cpuUsed();
        var wanted = before.plusMillis(500);
        try (var _ = box.start(box.script("while :; do :; done"))) {
            var last = new Duration[] {before};
            eventually(box, "half a second of CPU time is counted", it -> {
                assertThat(it.cpuUsed()).isGreaterThanOrEqualTo(last[0]);
                last[0] = it.cpuUsed();
                return it.cpuUsed().compareTo(wanted) > 0;
            });
        }
        assertThat(metrics(other).cpuUsed().minus(idle))
                .as("CPU time of an idle sandbox")
                .isLessThan(Duration.ofMillis(500));
        destroy(box);
        destroy(other);
    }

    @Test
    void memory_grows_with_what_processes_keep_and_falls_when_they_end() {
        var box = create();
        var before = metrics(box);
        var used = before.memoryUsedBytes() - before.memoryCacheBytes();
        // tail buffers input without line ends in memory
        var hoard = box.script("(head -c " + WANTED + " /dev/zero; echo all; sleep 1000) | tail");
        try (var process = box.start(hoard)) {
            eventually(
                    box,
                    "memory use rises",
                    it -> it.memoryUsedBytes() - it.memoryCacheBytes() > used + WANTED * 3 / 4);
            process.signal(Signal.KILL, true);
            eventually(box, "memory use falls", it -> it.memoryUsedBytes() - it.memoryCacheBytes() < used + WANTED / 2);
        }
        destroy(box);
    }

    @Test
    void disk_grows_with_files_and_falls_when_they_are_removed() {
        var box = create();
        var other = create();
        var before = metrics(box).diskUsedBytes();
        var others = metrics(other).diskUsedBytes();
        var path = box.newPath();
        box.sh("head -c " + WANTED + " /dev/urandom >\"$1\"", path).text();
        eventually(box, "disk use rises", it -> it.diskUsedBytes() >= before + WANTED);
        assertThat(metrics(box).diskTotalBytes())
                .isGreaterThanOrEqualTo(metrics(box).diskUsedBytes());
        if (extension().capabilities().contains(Capability.SIZE)) {
            assertThat(metrics(other).diskUsedBytes())
                    .as("disk use of the other sandbox")
                    .isLessThan(others + WANTED);
        }
        box.files().remove(path, null);
        eventually(box, "disk use falls", it -> it.diskUsedBytes() < before + WANTED / 2);
        destroy(box);
        destroy(other);
    }

    @Test
    void a_paused_sandbox_has_metrics_and_uses_no_processor() {
        requires(Capability.PAUSE);
        var box = create();
        try (var _ = box.start(box.script("while :; do :; done"))) {
            var deadline = Requests.in(fixture(), Duration.ofMinutes(10));
            ((Pausing) backend()).pause(ref(box), deadline);
            var paused = metrics(box);
            var later = metrics(box);
            assertThat(paused.memoryUsedBytes()).isPositive();
            assertThat(paused.diskUsedBytes()).isPositive();
            assertThat(later.cpuUsed()).isEqualTo(paused.cpuUsed());
            ((Pausing) backend()).resume(ref(box), deadline);
            eventually(box, "CPU time grows again", it -> it.cpuUsed().compareTo(paused.cpuUsed()) > 0);
        }
        destroy(box);
    }

    @Test
    void an_ended_sandbox_has_no_metrics() {
        var box = create();
        destroy(box);
        Failures.fails(Kind.GONE, () -> metrics(box));
    }

    private SandboxMetrics metrics(Box box) {
        return ((Measuring) backend()).metrics(ref(box));
    }

    private void eventually(Box box, String what, Predicate<SandboxMetrics> condition) {
        Eventually.becomes(fixture().timeout(), what, () -> metrics(box), condition);
    }

    private static BackendRef ref(Box box) {
        return box.sandbox().ref();
    }
}
