package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.local.disk.SnapshotStore;
import dev.sandboxer.local.host.RootSource;
import dev.sandboxer.local.network.HostNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox whose directory can't be made. */
class SandboxCreationTest {
    @TempDir
    Path home;

    private final SandboxTag tag = new SandboxTag("inst", "box", 1);

    @Test
    void a_file_in_the_place_of_the_directory_is_a_failure_of_this_host() throws IOException {
        var sandboxes = Files.createFile(home.resolve("s"));

        assertRefused(sandboxes, Kind.INTERNAL).hasMessageContaining(sandboxes.toString());
    }

    @Test
    void a_directory_that_may_not_be_written_is_a_failure_of_this_host() {
        var sandboxes = Path.of("/proc/1/s"); // not even by root

        assertRefused(sandboxes, Kind.INTERNAL).hasMessageContaining("can't make a directory in /proc/1/s: /proc/1/s");
    }

    @Test
    void a_tag_that_exists_is_refused() throws IOException {
        var sandboxes = home.resolve("s");
        Files.createDirectories(sandboxes.resolve(tag.toString()));

        assertRefused(sandboxes, Kind.INVALID).hasMessage("a sandbox with the tag " + tag + " already exists");
    }

    @Test
    void a_full_disk_means_that_there_is_no_room() throws Exception {
        var sandboxes = Files.createDirectory(home.resolve("s"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "nr_inodes=1", "sandboxer-test", sandboxes.toString()) == 0,
                "needs the right to mount a tmpfs");
        try {
            assertRefused(sandboxes, Kind.CAPACITY).hasMessageContaining("the host's disk is full; free some space");
        } finally {
            run("umount", "--lazy", sandboxes.toString());
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor();
    }

    private AbstractThrowableAssert<?, ?> assertRefused(Path sandboxes, Kind kind) {
        var context = new ExtensionContext("inst", home, InstantSource.system());
        var snapshots = new SnapshotStore(home.resolve("d"), "inst");
        var creation = new SandboxCreation(context, RootSource.PLAIN_USER, HostNetwork.none(), sandboxes, snapshots);
        var spec = SandboxSpec.builder(SandboxCreation.BASE, LocalHome.SMALL)
                .network(NetworkRules.DENY_ALL)
                .build();
        var request = new CreateRequest(tag, spec, Instant.now().plusSeconds(60));
        return assertThatThrownBy(() -> creation.create(request))
                .isInstanceOfSatisfying(ExtensionException.class, e -> {
                    assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind);
                    assertThat(e.effect()).isEqualTo(Effect.NOT_APPLIED);
                });
    }
}
