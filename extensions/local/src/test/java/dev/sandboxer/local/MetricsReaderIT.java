package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.local.disk.DiskUsage;
import dev.sandboxer.local.host.RootSource;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The metrics of a sandbox come from the kernel and cover that sandbox only. */
class MetricsReaderIT {
    private static final long MIB = 1 << 20;

    @Test
    void disk_usage_is_not_read_from_a_first_process_that_left_its_disk() throws IOException {
        try (var home = LocalHome.open(RootSource.ofThisHost())) {
            var folder = home.folder(home.create());
            var own = folder.launched().orElseThrow().pid();
            assertThat(DiskUsage.read(folder, own).total()).isBetween(MIB, 64 * MIB);
            assertThatThrownBy(
                            () -> DiskUsage.read(folder, ProcessHandle.current().pid()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("left its disk");
        }
    }

    @Test
    void the_page_cache_is_reported_separately() throws Exception {
        try (var home = LocalHome.open(RootSource.ofThisHost())) {
            var sandbox = home.create();
            var before = home.backend().metrics(sandbox.ref());
            home.sh(sandbox, "head -c 16777216 /dev/urandom >big; cat big >/dev/null");
            var after = home.backend().metrics(sandbox.ref());
            assertThat(after.memoryCacheBytes()).isGreaterThan(before.memoryCacheBytes() + 12 * MIB);
            assertThat(after.memoryUsedBytes()).isGreaterThan(before.memoryUsedBytes() + 12 * MIB);
        }
    }

    @Test
    void a_sandbox_in_a_directory_reports_the_disk_of_the_host() throws Exception {
        try (var home = LocalHome.open(RootSource.TREE)) {
            var metrics = home.backend().metrics(home.create().ref());
            assertThat(metrics.diskTotalBytes())
                    .isEqualTo(Files.getFileStore(home.directory()).getTotalSpace());
            assertThat(metrics.diskUsedBytes()).isPositive().isLessThan(metrics.diskTotalBytes());
            assertThat(metrics.memoryTotalBytes()).isEqualTo(LocalHome.SMALL.memoryMiB() * MIB);
        }
    }
}
