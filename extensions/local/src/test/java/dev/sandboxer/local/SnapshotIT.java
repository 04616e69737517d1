package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.host.HostPrograms;
import dev.sandboxer.local.host.RootSource;
import dev.sandboxer.local.network.HostNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots of busy and of hostile disks. */
@Timeout(120)
class SnapshotIT {
    private static final SandboxSize ROOMY = new SandboxSize(1000, 256, 256);

    /** Keeps files without a name open, and creates, writes, moves and removes others all the time. */
    private static final String BUSY = """
            exec 3>gone; rm gone; head -c 5000000 /dev/urandom >&3
            python3 -c '
            import os, time
            f = os.open(".", os.O_TMPFILE | os.O_RDWR); os.write(f, b"x" * 3000000); time.sleep(1000)' &
            (i=0; while :; do i=$((i+1)); echo $i >>log; done) &
            (while :; do mkdir -p a/b/c; echo x >a/b/c/f; mv a z; rm -rf z; done) &
            (while :; do head -c 6000000 /dev/urandom >big.new; mv big.new big; done) &
            head -c 10000000 /dev/urandom >whole; cksum <whole >sum
            echo ready; wait""";

    private LocalHome home;

    @BeforeEach
    void open() throws IOException {
        home = LocalHome.withImages();
    }

    @AfterEach
    void close() throws IOException {
        if (home != null) {
            home.close();
        }
    }

    @Test
    void the_copy_of_a_disk_in_use_is_consistent_and_sandboxes_work_on_it() throws Exception {
        var sandbox = home.create("base", ROOMY);
        try (var session = home.backend().connect(sandbox.ref());
                var busy = session.processes().start(ProcessSpec.of("sh", "-c", BUSY))) {
            assertThat(busy.next(Duration.ofSeconds(60)))
                    .as("the files are written")
                    .isNotNull();
            for (int round = 0; round < 3; round++) {
                var kept = snapshot(sandbox, "round" + round);
                requireConsistent(kept);
                var one = home.create(kept.template(), ROOMY);
                var other = home.create(kept.template(), ROOMY);
                for (var copy : List.of(one, other)) {
                    assertThat(home.sh(copy, "cksum <whole | cmp - sum && ls -a / | grep -c lost+found"))
                            .isEqualTo("0");
                    assertThat(home.sh(copy, "echo more >more && sudo id -un")).isEqualTo("root");
                    home.backend().destroy(copy.ref());
                }
            }
        }
    }

    /** Checks the whole file system, including parts that the sandbox does not use. */
    private void requireConsistent(BackendSnapshot kept) throws IOException {
        var check = HostPrograms.find("e2fsck").orElseThrow().toString();
        var output = HostPrograms.run(
                List.of(check, "-f", "-n", file(kept).toString()), Map.of("LC_ALL", "C"), Duration.ofMinutes(1), 0);
        assertThat(output).contains("Pass 5").doesNotContain("WARNING").doesNotContain("ignored");
    }

    @Test
    void only_the_owner_may_read_a_snapshot() throws IOException {
        var kept = snapshot(home.create(), "secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(kept))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(file(kept).getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void a_snapshot_takes_only_the_space_of_written_data() throws Exception {
        var sandbox = home.create("base", new SandboxSize(1000, 128, 4096));
        home.sh(sandbox, "head -c 5000000 /dev/urandom >file");
        var kept = snapshot(sandbox, "sparse");
        assertThat(Files.size(file(kept))).isEqualTo(4096L << 20);
        var used = Long.parseLong(
                HostPrograms.run(List.of("du", "-k", file(kept).toString()), Map.of(), Duration.ofMinutes(1), 0)
                        .split("\t")[0]);
        assertThat(used).as("KiB").isLessThan(64 << 10);
    }

    @Test
    void a_snapshot_s_name_cannot_lead_out_of_the_directory() throws IOException {
        var sandbox = home.create();
        for (var name : List.of("", "../up", "UP", "a/b", "a-b", "a.b", "x".repeat(41))) {
            fails(Kind.INVALID, () -> snapshot(sandbox, name));
            home.images().deleteSnapshot(name);
            fails(Kind.INVALID, () -> home.create("snapshot:" + name, ROOMY));
        }
        assertThat(home.images().snapshots()).isEmpty();
    }

    @Test
    void another_installation_in_the_same_directory_neither_sees_nor_deletes_a_snapshot() {
        var kept = snapshot(home.create(), "mine");
        var context = new ExtensionContext("other", home.directory(), home.clock());
        try (var other = new SnapshottingBackend(new LocalExtension(), context, HostNetwork.none(), Timeouts.DEFAULT)) {
            assertThat(other.snapshots()).isEmpty();
            other.deleteSnapshot("mine");
        }
        assertThat(home.images().snapshots()).containsExactly(kept);
    }

    @Test
    void a_sandbox_in_a_directory_cannot_be_snapshotted() throws IOException {
        var trees = LocalHome.reopen(home.directory(), home.installation(), RootSource.TREE);
        var sandbox = trees.create();
        fails(Kind.UNSUPPORTED, () -> snapshot(sandbox, "tree"));
    }

    @Test
    void root_inside_cannot_break_sandboxes_made_from_its_snapshot() throws Exception {
        var sandbox = home.create();
        home.sh(
                sandbox,
                "sudo sh -c 'rm -rf /usr/.sandboxer /usr/local/sbin/*; umount -l /usr; mv /usr /was; mkdir /usr'");
        var copy = home.create(snapshot(sandbox, "careless").template(), LocalHome.SMALL);
        assertThat(home.sh(copy, "sudo id -un; ls /usr/local/sbin/sudo")).isEqualTo("root\n/usr/local/sbin/sudo");
    }

    /** Damages a disk in ways that are possible from inside the sandbox only after breaking the kernel. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "symlink /usr/.sandboxer/sudo /etc/passwd",
                "mknod /usr/.sandboxer/sudo p",
                "mkdir /usr/.sandboxer/sudo"
            })
    void a_disk_with_something_else_in_place_of_sudo_is_refused(String preparation) throws Exception {
        var kept = snapshot(home.create(), "hostile");
        debugfs(kept, "rm /usr/.sandboxer/sudo");
        debugfs(kept, preparation);
        fails(Kind.INVALID, () -> home.create(kept.template(), LocalHome.SMALL));
    }

    @Test
    void a_disk_with_a_link_to_a_directory_of_the_host_is_refused() throws Exception {
        var kept = snapshot(home.create(), "hostile");
        debugfs(kept, "rm /usr/.sandboxer/sudo");
        debugfs(kept, "rm /usr/.sandboxer/python");
        debugfs(kept, "rmdir /usr/.sandboxer");
        debugfs(kept, "symlink /usr/.sandboxer /usr/bin");
        fails(Kind.INVALID, () -> home.create(kept.template(), LocalHome.SMALL));
    }

    private void debugfs(BackendSnapshot kept, String command) throws IOException {
        var debugfs = HostPrograms.find("debugfs").orElseThrow().toString();
        HostPrograms.run(
                List.of(debugfs, "-w", "-R", command, file(kept).toString()), Map.of(), Duration.ofMinutes(1), 0);
    }

    private BackendSnapshot snapshot(BackendSandbox sandbox, String name) {
        return home.images().snapshot(sandbox.ref(), name);
    }

    private Path file(BackendSnapshot kept) {
        return home.images().snapshotStore().file(kept.name());
    }

    private static void fails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ExtensionException.class,
                        e -> assertThat(e.kind()).as(e.toString()).isEqualTo(kind));
    }
}
