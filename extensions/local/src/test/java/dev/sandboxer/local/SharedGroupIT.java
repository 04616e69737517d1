package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.local.host.Cgroups.Group;
import dev.sandboxer.local.host.HostCapacity;
import dev.sandboxer.local.host.HostCgroups;
import dev.sandboxer.local.host.RootSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** All sandboxes together always leave memory, processes and processor time to the host and the control plane. */
class SharedGroupIT {
    @Test
    void sandboxes_are_in_one_group_and_their_cpu_shares_follow_their_sizes() throws IOException {
        try (var home = LocalHome.open(RootSource.ofThisHost())) {
            var small = group(home, new SandboxSize(500, 128, 64), "cpu");
            var large = group(home, new SandboxSize(2000, 128, 64), "cpu");
            assertThat(small.path().getParent()).isEqualTo(large.path().getParent());
            assertThat(small.path().getParent()).hasFileName("sandboxer");
            assertThat(share(large)).isEqualTo(4 * share(small));
        }
    }

    @Test
    void all_sandboxes_together_never_get_all_memory_or_all_processes() throws IOException {
        try (var home = LocalHome.open(RootSource.ofThisHost())) {
            var memory = group(home, LocalHome.SMALL, "memory");
            var limit = number(memory.path().getParent(), memory.unified() ? "memory.max" : "memory.limit_in_bytes");
            assertThat(limit).isPositive().isLessThanOrEqualTo(new HostCapacity(HostReserve.DEFAULT).memory());
            var processes = group(home, LocalHome.SMALL, "pids");
            assertThat(number(processes.path().getParent(), "pids.max"))
                    .isGreaterThan(1000)
                    .isLessThan(4 << 20); // the kernel's maximum
        }
    }

    @Test
    void more_memory_than_this_host_has_is_refused_and_the_message_says_how_much_there_is() throws IOException {
        var most = HostCapacity.totalMemory() >> 20;
        var spec = SandboxSpec.builder(
                        new Source.Template("base"), new SandboxSize(1000, Math.toIntExact(most + 1), 64))
                .build();
        assertThat(new LocalExtension().supports(spec))
                .isInstanceOfSatisfying(
                        Support.Unsupported.class, no -> assertThat(no.reason()).contains(most + " MiB"));
        assertThat(new LocalExtension()
                        .supports(spec.toBuilder()
                                .size(new SandboxSize(1000, Math.toIntExact(most), 64))
                                .build()))
                .isEqualTo(new Support.Supported());
    }

    @Test
    void memory_that_is_reserved_for_the_host_is_refused_and_nothing_is_left() throws IOException {
        try (var home = LocalHome.open(RootSource.ofThisHost())) {
            var all = Math.toIntExact(HostCapacity.totalMemory() >> 20);
            refused(home, new SandboxSize(1000, all, 64), "MiB of memory for sandboxes", "host.reserveMemory");
        }
    }

    @Test
    void a_sandbox_beyond_the_overcommit_limit_is_refused_and_nothing_is_left() throws IOException {
        try (var home = LocalHome.open(RootSource.ofThisHost(), new HostReserve(null, null, null, 0.000_001))) {
            refused(home, LocalHome.SMALL, "but may have", "host.overcommit");
            var parent = HostCgroups.ofThisProcess().parents().getFirst().path();
            try (var groups = Files.list(parent)) {
                assertThat(groups).noneMatch(group -> group.toString().contains(home.installation()));
            }
        }
    }

    private static void refused(LocalHome home, SandboxSize size, String... words) {
        assertThatThrownBy(() -> home.create("base", size)).isInstanceOfSatisfying(ExtensionException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.CAPACITY);
            assertThat(e).hasMessageContainingAll(words);
        });
        assertThat(home.backend().list()).isEmpty();
        assertThat(home.directory().resolve("s")).isEmptyDirectory();
    }

    @Test
    void a_disk_larger_than_the_free_space_is_refused_and_nothing_is_left() throws IOException {
        try (var home = LocalHome.withImages()) {
            var size = new SandboxSize(1000, 128, Integer.MAX_VALUE);
            refused(home, size, "--disk");
        }
    }

    private static Group group(LocalHome home, SandboxSize size, String controller) {
        return home.folder(home.create("base", size))
                .request()
                .orElseThrow()
                .cgroups()
                .with(controller)
                .orElseThrow();
    }

    private static long share(Group group) throws IOException {
        return number(group.path(), group.unified() ? "cpu.weight" : "cpu.shares");
    }

    private static long number(Path directory, String file) throws IOException {
        return Long.parseLong(Files.readString(directory.resolve(file)).strip());
    }
}
