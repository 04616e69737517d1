package dev.sandboxer.lifecycle.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.RepairChecks;
import dev.sandboxer.testing.TestInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills a process before and after each commit and each call of a backend, and then the process that repairs as well. */
class CrashTest {
    @TempDir(factory = MemoryDirectory.class)
    Path directory;

    private int installations;

    static List<CrashScenario> scenarios() {
        return CrashScenario.all();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void a_crash_at_any_point_is_repaired(CrashScenario scenario) throws IOException {
        int points = 0;
        while (dies(scenario, points + 1, Optional.empty())) {
            points++;
        }
        assertThat(points).as("points at which it was killed").isGreaterThan(1);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void a_crash_of_the_repair_after_a_crash_is_repaired(CrashScenario scenario) throws IOException {
        for (int point = 1; repairDies(scenario, point, 1); point++) {
            int inRepair = 2;
            while (repairDies(scenario, point, inRepair)) {
                inRepair++;
            }
        }
    }

    private boolean repairDies(CrashScenario scenario, int point, int inRepair) throws IOException {
        return dies(scenario, point, Optional.of(inRepair));
    }

    /** Returns true if the process reached the point at which it was to be killed. */
    private boolean dies(CrashScenario scenario, int point, Optional<Integer> inRepair) throws IOException {
        var in = new TestInstallation(Files.createDirectory(directory.resolve("i" + installations++)));
        var act = scenario.begin().apply(in);
        var death = in.inKilledProcess(point, act);
        var history = scenario + ", " + death.orElse("which ended");
        RepairChecks.checkIntents(in, history);
        var died = death.isPresent();
        in.first().heal();
        in.second().heal();
        if (inRepair.isPresent()) {
            var second = in.inKilledProcess(inRepair.get(), sandboxes -> {
                sandboxes.repair().repairUnfinished();
                sandboxes.repair().reconcile(in.extensions());
            });
            history += ", repair " + second.orElse("ended");
            RepairChecks.checkIntents(in, history);
            died &= second.isPresent();
        }
        in.first().catchUp();
        in.repair();
        RepairChecks.check(in, history);
        RepairChecks.checkSnapshots(in, history);
        in.clock().advance(Duration.ofDays(40)); // longer than paused sandboxes are kept
        in.repair();
        RepairChecks.check(in, history + ", weeks later");
        assertThat(in.running()).isEmpty();
        return died;
    }
}
