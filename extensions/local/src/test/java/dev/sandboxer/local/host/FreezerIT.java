package dev.sandboxer.local.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Freezing and thawing with those versions of control groups that this host has. */
@Timeout(60)
class FreezerIT {
    enum Version {
        V1,
        V2
    }

    @ParameterizedTest
    @EnumSource
    void a_frozen_process_stops_and_a_thawed_one_continues(Version version) throws Exception {
        var directory = Files.createDirectory(place(version)
                .resolve("sandboxer-test-" + ThreadLocalRandom.current().nextInt(1 << 30)));
        var freezer = new Freezer(new Cgroups.Group(directory, version == Version.V2, Set.of("freezer")));
        var process = new ProcessBuilder("sh", "-c", "while :; do echo x; done").start();
        try (var output = process.getInputStream()) {
            Files.writeString(directory.resolve("cgroup.procs"), "" + process.pid(), StandardOpenOption.WRITE);
            assertThat(freezer.isFrozen()).isFalse();
            assertThat(freezer.freeze(Duration.ofSeconds(10))).isTrue();
            assertThat(freezer.isFrozen()).isTrue();
            output.skipNBytes(output.available());
            process.waitFor(200, TimeUnit.MILLISECONDS); // the pipe is empty, so a running process could write
            assertThat(output.available()).as("bytes written while frozen").isZero();
            freezer.thaw();
            assertThat(freezer.isFrozen()).isFalse();
            assertThat(output.readNBytes(1 << 20)).hasSize(1 << 20);
        } finally {
            process.destroyForcibly().waitFor();
            remove(directory);
        }
        assertThat(freezer.isFrozen()).as("a removed group is frozen").isFalse();
    }

    /** Removes a group. A reaped process may stay in it for a moment, so this tries again. */
    private static void remove(Path group) throws IOException {
        for (int attempt = 0; attempt < 1000 && Files.exists(group); attempt++) {
            try {
                Files.delete(group);
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
        Files.deleteIfExists(group);
    }

    private static Path place(Version version) throws IOException {
        assumeTrue(HostUser.isRoot(), "needs root for control groups");
        var place = ProcFs.cgroupMounts().stream()
                .filter(mount -> version == Version.V2
                        ? mount.unified()
                        : !mount.unified() && mount.options().contains("freezer"))
                .map(ProcFs.CgroupMount::point)
                .filter(Files::isWritable)
                .findFirst();
        assumeTrue(place.isPresent(), "needs control groups of version " + version);
        return place.orElseThrow();
    }
}
