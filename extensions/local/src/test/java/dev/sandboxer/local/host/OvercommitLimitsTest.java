package dev.sandboxer.local.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.HostReserve;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sum of all sandboxes' limits is checked, with directories in place of control groups. */
class OvercommitLimitsTest {
    private static final long MIB = 1L << 20;

    @TempDir
    private Path directory;

    private Path shared;

    @BeforeEach
    void makeSharedGroup() throws IOException {
        shared = Files.createDirectory(directory.resolve("sandboxer"));
    }

    @Test
    void memory_can_be_overcommitted_up_to_the_limit() throws IOException {
        var half = HostCapacity.totalMemory() / 2;
        promise("a", "memory.max", half);
        promise("b", "memory.max", half);
        assertThatCode(limits(1.5)::checkMemoryAndProcesses).doesNotThrowAnyException();
        promise("c", "memory.max", half);
        promise("d", "memory.max", half);
        refused(limits(1.5)::checkMemoryAndProcesses, "MiB of memory", "--memory");
        assertThatCode(limits(3)::checkMemoryAndProcesses).doesNotThrowAnyException();
    }

    @Test
    void memory_reserved_for_the_host_is_not_overcommitted() throws IOException {
        var total = HostCapacity.totalMemory();
        promise("a", "memory.max", total / 2);
        var keep = Math.toIntExact(total / 4 * 3 / MIB);
        refused(limits(new HostReserve(keep, null, null, 1))::checkMemoryAndProcesses, "MiB of memory");
        assertThatCode(limits(new HostReserve(0, null, null, 1))::checkMemoryAndProcesses)
                .doesNotThrowAnyException();
    }

    @Test
    void processes_can_be_overcommitted_up_to_the_limit() throws IOException {
        for (int i = 0; i < 10; i++) {
            promise("s" + i, "pids.max", 1024);
        }
        var most = new HostCapacity(HostReserve.DEFAULT).processes();
        assertThatCode(limits(10_240.0 / most + 0.1)::checkMemoryAndProcesses).doesNotThrowAnyException();
        refused(limits(10_240.0 / most / 2)::checkMemoryAndProcesses, "10240", "processes");
    }

    @Test
    void unlimited_and_removed_groups_and_other_groups_do_not_count() throws IOException {
        promise("unlimited", "memory.max", Long.MAX_VALUE);
        Files.writeString(group("v2").resolve("memory.max"), "max");
        group("gone");
        Files.writeString(Files.createDirectory(shared.resolve("other")).resolve("memory.max"), "1048576");
        assertThatCode(limits(0.000_001)::checkMemoryAndProcesses).doesNotThrowAnyException();
    }

    @Test
    void disk_can_be_overcommitted_up_to_the_limit() throws IOException {
        var left = HostReserve.DEFAULT.allocatableDisk(directory);
        for (String sandbox : List.of("one", "two")) {
            var folder = Files.createDirectories(directory.resolve("s").resolve(sandbox));
            try (var image = new RandomAccessFile(folder.resolve("root.img").toFile(), "rw")) {
                image.setLength(100 * MIB); // sparse: takes no space
            }
        }
        Files.createDirectory(directory.resolve("s/being-made"));
        var sandboxes = directory.resolve("s");
        assertThatCode(() -> limits(201.0 * MIB / left).checkDisks(sandboxes, "root.img"))
                .doesNotThrowAnyException();
        refused(() -> limits(199.0 * MIB / left).checkDisks(sandboxes, "root.img"), "200", "MiB of disk", "--disk");
    }

    @Test
    void only_limits_from_the_configuration_are_set_again() throws IOException {
        Files.writeString(shared.resolve("memory.max"), "by hand");
        Files.writeString(shared.resolve("pids.max"), "by hand");
        groups().limitTogether(new HostCapacity(HostReserve.DEFAULT));
        assertThat(shared.resolve("memory.max")).hasContent("by hand");
        var named = new HostCapacity(new HostReserve(100, null, 200, 1));
        groups().limitTogether(named);
        assertThat(shared.resolve("memory.max")).hasContent(Long.toString(HostCapacity.totalMemory() - 100 * MIB));
        assertThat(shared.resolve("pids.max")).hasContent(Long.toString(named.processes()));
    }

    private static void refused(ThrowingCallable check, String... words) {
        assertThatThrownBy(check).isInstanceOfSatisfying(ExtensionException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.CAPACITY);
            assertThat(e).hasMessageContainingAll(words).hasMessageContaining("host.overcommit");
        });
    }

    private OvercommitLimits limits(double overcommit) {
        return limits(new HostReserve(null, null, null, overcommit));
    }

    private OvercommitLimits limits(HostReserve reserve) {
        return new OvercommitLimits(groups(), new HostCapacity(reserve));
    }

    private HostCgroups groups() {
        return new HostCgroups(List.of(new Cgroups.Group(shared, true, Set.of("memory", "pids"))));
    }

    private void promise(String sandbox, String file, long limit) throws IOException {
        Files.writeString(group(sandbox).resolve(file), limit + "\n");
    }

    private Path group(String sandbox) throws IOException {
        return Files.createDirectory(shared.resolve("sandboxer-" + sandbox));
    }
}
