package dev.sandboxer.http.modal.router;

import static dev.sandboxer.http.modal.router.RoutedSandbox.TASK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.sandboxer.observe.VirtualThreads;
import dev.sandboxer.protocol.modal.RouterProto.SandboxFd;
import dev.sandboxer.protocol.modal.RouterProto.SandboxStdinWriteV2Request;
import dev.sandboxer.protocol.modal.RouterProto.SandboxStdioReadV2Request;
import dev.sandboxer.protocol.modal.RouterProto.SandboxStdioReadV2Response;
import dev.sandboxer.protocol.modal.RouterProto.SandboxWaitUntilReadyTcrRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskMountDirectoryRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskSnapshotDirectoryRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskSnapshotFilesystemRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskUnmountDirectoryRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The router's calls about a sandbox as a whole: main process, readiness, snapshots. */
class SandboxWideIT {
    private static RoutedSandbox routed;

    @BeforeAll
    static void serve() throws IOException {
        routed = new RoutedSandbox(Map.of("modal.probe", "[\"tcp\",\"100\",\"8000\"]"));
    }

    @AfterAll
    static void end() throws IOException {
        routed.close();
    }

    private static List<SandboxStdioReadV2Response> read(RoutedSandbox from, long offset) {
        var all = new ArrayList<SandboxStdioReadV2Response>();
        from.client()
                .sandboxStdioReadV2(SandboxStdioReadV2Request.newBuilder()
                        .setTaskId(TASK)
                        .setOffset(offset)
                        .setFileDescriptor(SandboxFd.SANDBOX_FD_STDOUT)
                        .build())
                .forEachRemaining(all::add);
        return all;
    }

    @Test
    void the_main_process_has_streams_and_its_end_ends_the_sandbox() throws Exception {
        try (var own = new RoutedSandbox(Map.of("modal.workdir", "/tmp"))) {
            assertThat(read(own, 0)).isEmpty();
            own.router()
                    .mainProcesses()
                    .start(own.sandbox(), List.of("sh", "-c", "pwd; read line; echo $line; exit 3"), null);
            var _ = own.client()
                    .sandboxStdinWriteV2(SandboxStdinWriteV2Request.newBuilder()
                            .setTaskId(TASK)
                            .setData(ByteString.copyFromUtf8("hello\n"))
                            .build());

            await().atMost(Duration.ofSeconds(60))
                    .until(() -> own.sandbox().state().ended());
            assertThat(own.sandbox().metadata()).containsEntry("modal.result", "3");
            assertThat(text(read(own, 0))).isEqualTo("/tmp\nhello\n");
            assertThat(text(read(own, 5))).isEqualTo("hello\n");
        }
    }

    @Test
    void a_sweep_does_not_disturb_a_main_process_that_is_about_to_start() throws Exception {
        try (var own = new RoutedSandbox(Map.of("modal.entrypoint", "[\"sleep\",\"60\"]"))) {
            var mains = own.router().mainProcesses();
            var started = new CountDownLatch(1);
            var sweeping = VirtualThreads.start("sweeps", () -> {
                while (started.getCount() > 0) {
                    mains.sweep();
                }
            });
            Thread.sleep(Duration.ofMillis(100));
            mains.start(own.sandbox(), List.of("sleep", "60"), null);
            started.countDown();
            sweeping.join();
            mains.sweep();
            assertThat(mains.find(own.sandbox().id()))
                    .hasValueSatisfying(it -> assertThat(it.hasEnded()).isFalse());
            assertThat(own.sandbox().state().ended()).isFalse();
        }
    }

    private static String text(List<SandboxStdioReadV2Response> pieces) {
        var all = new StringBuilder();
        pieces.forEach(piece -> all.append(piece.getData().toStringUtf8()));
        return all.toString();
    }

    @Test
    void the_tail_of_a_long_output_is_kept_and_the_process_never_waits() throws Exception {
        try (var own = new RoutedSandbox()) {
            own.router()
                    .mainProcesses()
                    .start(own.sandbox(), List.of("sh", "-c", "head -c 50000000 /dev/zero; echo end"), null);

            await().atMost(Duration.ofSeconds(100))
                    .until(() -> own.sandbox().state().ended());
            assertThat(own.sandbox().metadata()).containsEntry("modal.result", "0");
            var pieces = read(own, 0);
            assertThat(pieces.getFirst().getStartingOffset()).isBetween(40_000_000L, 50_000_000L);
            assertThat(pieces.getLast().getData().toStringUtf8()).endsWith("end\n");
            var last = pieces.getLast();
            assertThat(last.getStartingOffset() + last.getData().size()).isEqualTo(50_000_004);
        }
    }

    @Test
    void a_sandbox_is_ready_once_a_server_listens_on_its_port() {
        var ready = SandboxWaitUntilReadyTcrRequest.newBuilder().setTaskId(TASK);

        assertThatThrownBy(() -> routed.client()
                        .sandboxWaitUntilReady(ready.setTimeout(0.5f).build()))
                .hasMessageContaining("DEADLINE_EXCEEDED");
        routed.start("sleep 1; exec python3 -m http.server 8000");
        var at = routed.client()
                .sandboxWaitUntilReady(ready.setTimeout(60).build())
                .getReadyAt();
        assertThat(at).isGreaterThan(1.7e9);
        assertThat(routed.client()
                        .sandboxWaitUntilReady(ready.setTimeout(0).build())
                        .getReadyAt())
                .isEqualTo(at);
    }

    @Test
    void a_sandbox_is_ready_once_its_probe_command_succeeds() throws Exception {
        try (var own = new RoutedSandbox(Map.of("modal.probe", "[\"exec\",\"100\",\"test\",\"-e\",\"/tmp/ready\"]"))) {
            own.start("sleep 1; touch /tmp/ready");

            assertThat(own.client()
                            .sandboxWaitUntilReady(SandboxWaitUntilReadyTcrRequest.newBuilder()
                                    .setTaskId(TASK)
                                    .setTimeout(60)
                                    .build())
                            .getReadyAt())
                    .isGreaterThan(1.7e9);
        }
    }

    private static void shell(String script) {
        var exec = routed.start(script);
        assertThat(routed.await(exec)).describedAs(routed.stderr(exec)).isZero();
    }

    private static String snapshot(String path, String snapshotId) {
        return routed.client()
                .taskSnapshotDirectory(TaskSnapshotDirectoryRequest.newBuilder()
                        .setTaskId(TASK)
                        .setPath(ByteString.copyFromUtf8(path))
                        .setSnapshotId(snapshotId)
                        .setTtlSeconds(3600)
                        .build())
                .getImageId();
    }

    private static void mount(String path, String image) {
        var _ = routed.client()
                .taskMountDirectory(TaskMountDirectoryRequest.newBuilder()
                        .setTaskId(TASK)
                        .setPath(ByteString.copyFromUtf8(path))
                        .setImageId(image)
                        .build());
    }

    private static void unmount(String path) {
        var _ = routed.client()
                .taskUnmountDirectory(TaskUnmountDirectoryRequest.newBuilder()
                        .setTaskId(TASK)
                        .setPath(ByteString.copyFromUtf8(path))
                        .build());
    }

    @Test
    void a_snapshot_of_a_directory_can_be_mounted_and_unmounted() {
        shell("mkdir -p /srv/d/sub; echo one > /srv/d/sub/f; chmod 600 /srv/d/sub/f; ln -s sub /srv/d/l;"
                + " mkdir -p /srv/there; echo mine > /srv/there/own");
        var id = UUID.randomUUID().toString();
        var image = snapshot("/srv/d", id);
        assertThat(snapshot("/srv/d", id)).isEqualTo(image);

        shell("echo two > /srv/d/sub/f");
        mount("/srv/there", image);
        mount("/srv/there", image); // a client repeats the call when the answer is lost
        shell("test \"$(cat /srv/there/l/f)\" = one && test \"$(stat -c %a /srv/there/sub/f)\" = 600"
                + " && ! test -e /srv/there/own");
        assertThatThrownBy(() -> mount("/srv/there", "")).hasMessageContaining("FAILED_PRECONDITION");
        unmount("/srv/there");
        shell("test \"$(cat /srv/there/own)\" = mine && ! test -e /srv/there/sub");
        assertThatThrownBy(() -> unmount("/srv/there")).hasMessageContaining("FAILED_PRECONDITION");

        mount("/srv/new/place", "");
        shell("test -d /srv/new/place");
        unmount("/srv/new/place");
        shell("! test -e /srv/new/place");
        assertThatThrownBy(() -> snapshot("/srv/none", UUID.randomUUID().toString()))
                .isNotNull();
        assertThatThrownBy(() -> mount("/", image)).hasMessageContaining("INVALID_ARGUMENT");
        assertThatThrownBy(() -> mount("/srv/x", "im-d" + "0".repeat(24))).hasMessageContaining("NOT_FOUND");
        assertThat(routed.router().directoryImages().delete("me", image)).isTrue();
    }

    @Test
    void a_repeated_call_takes_no_second_snapshot_of_the_disk() {
        var request = TaskSnapshotFilesystemRequest.newBuilder()
                .setTaskId(TASK)
                .setSnapshotId(UUID.randomUUID().toString())
                .setTtlSeconds(-1);

        var image = routed.client().taskSnapshotFilesystem(request.build()).getImageId();
        assertThat(image).startsWith("im-s");
        assertThat(routed.client().taskSnapshotFilesystem(request.build()).getImageId())
                .isEqualTo(image);
        assertThatThrownBy(() -> routed.client()
                        .taskSnapshotFilesystem(request.clearTtlSeconds().build()))
                .hasMessageContaining("INVALID_ARGUMENT");
        routed.sandboxes()
                .snapshots()
                .list("me", null, null, null, 10)
                .forEach(routed.sandboxes().snapshots()::delete);
    }
}
