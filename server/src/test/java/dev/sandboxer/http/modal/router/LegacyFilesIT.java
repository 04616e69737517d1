package dev.sandboxer.http.modal.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sandboxer.http.modal.router.legacy.FileError;
import dev.sandboxer.http.modal.router.legacy.LegacyFiles;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileCloseRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileFlushRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileLsRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileMkdirRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileOpenRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileReadLineRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileReadRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileRmRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileSeekRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileWriteRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecRequest;
import dev.sandboxer.testing.SettableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The file calls of clients before 0.8.0, in a sandbox on this machine. */
class LegacyFilesIT {
    private static RoutedSandbox routed;
    private static SettableClock clock;
    private static LegacyFiles files;

    @BeforeAll
    static void serve() throws IOException {
        routed = new RoutedSandbox();
        clock = new SettableClock(Instant.parse("2026-11-24T12:00:00Z"));
        files = new LegacyFiles(routed.sandboxes(), clock);
    }

    @AfterAll
    static void end() throws IOException {
        files.close();
        routed.close();
    }

    private static ContainerFilesystemExecRequest.Builder request() {
        return ContainerFilesystemExecRequest.newBuilder();
    }

    private static String succeeding(ContainerFilesystemExecRequest.Builder request) throws InterruptedException {
        var done = files.exec(routed.sandbox(), request.build());
        var result = files.result("me", done.execId()).orElseThrow();
        var error = result.error();
        if (error != null) {
            throw error;
        }
        var text = new StringBuilder();
        result.output().transfer(0, (offset, bytes) -> text.append(bytes.toStringUtf8()));
        assertThat(files.result("you", done.execId())).isEmpty();
        return text.toString();
    }

    private static String open(String path, String mode) {
        var done = files.exec(
                routed.sandbox(),
                request()
                        .setFileOpenRequest(ContainerFileOpenRequest.newBuilder()
                                .setPath(path)
                                .setMode(mode))
                        .build());
        var error = files.result("me", done.execId()).orElseThrow().error();
        if (error != null) {
            throw error;
        }
        return Objects.requireNonNull(done.descriptor());
    }

    private static void write(String file, String text) throws InterruptedException {
        succeeding(request()
                .setFileWriteRequest(ContainerFileWriteRequest.newBuilder()
                        .setFileDescriptor(file)
                        .setData(ByteString.copyFromUtf8(text))));
    }

    private static String read(String file) throws InterruptedException {
        return succeeding(request()
                .setFileReadRequest(ContainerFileReadRequest.newBuilder().setFileDescriptor(file)));
    }

    private static void close(String file) throws InterruptedException {
        succeeding(request()
                .setFileCloseRequest(ContainerFileCloseRequest.newBuilder().setFileDescriptor(file)));
    }

    private static String cat(String path) {
        return routed.stdout(routed.start("cat " + path));
    }

    @Test
    void written_text_is_in_the_sandbox_and_can_be_read() throws Exception {
        var written = open("/tmp/a/file", "w");
        write(written, "one\n");
        assertThat(cat("/tmp/a/file")).isEqualTo("one\n");
        write(written, "two\n");
        succeeding(request()
                .setFileFlushRequest(ContainerFileFlushRequest.newBuilder().setFileDescriptor(written)));
        close(written);

        var read = open("/tmp/a/file", "r");
        assertThat(succeeding(request()
                        .setFileReadLineRequest(
                                ContainerFileReadLineRequest.newBuilder().setFileDescriptor(read))))
                .isEqualTo("one\n");
        assertThat(read(read)).isEqualTo("two\n");
        assertThat(read(read)).isEmpty();
        succeeding(request()
                .setFileSeekRequest(ContainerFileSeekRequest.newBuilder()
                        .setFileDescriptor(read)
                        .setOffset(-4)
                        .setWhence(2)));
        assertThat(read(read)).isEqualTo("two\n");
        assertThatThrownBy(() -> write(read, "x")).isInstanceOf(FileError.class);
        close(read);
        assertThatThrownBy(() -> read(read)).hasMessageContaining("not open");
    }

    @Test
    void files_open_in_the_modes_of_python() throws Exception {
        assertThatThrownBy(() -> open("/tmp/none", "r")).hasMessageContaining("/tmp/none");
        assertThatThrownBy(() -> open("/tmp", "w")).isInstanceOf(FileError.class);
        close(open("/tmp/m", "x"));
        assertThatThrownBy(() -> open("/tmp/m", "xb")).hasMessageContaining("exists");
        var appended = open("/tmp/m", "a+");
        write(appended, "1");
        write(appended, "2");
        close(appended);
        assertThat(cat("/tmp/m")).isEqualTo("12");
        assertThatThrownBy(() -> open("/tmp/m", "q")).hasMessageContaining("mode");
    }

    @Test
    void directories_are_made_listed_and_removed() throws Exception {
        succeeding(request()
                .setFileMkdirRequest(ContainerFileMkdirRequest.newBuilder()
                        .setPath("/tmp/l/m")
                        .setMakeParents(true)));
        assertThat(succeeding(request()
                        .setFileLsRequest(ContainerFileLsRequest.newBuilder().setPath("/tmp/l"))))
                .isEqualTo("{\"paths\":[\"m\"]}");
        var remove = ContainerFileRmRequest.newBuilder().setPath("/tmp/l");
        assertThatThrownBy(() -> succeeding(request().setFileRmRequest(remove))).hasMessageContaining("not empty");
        succeeding(request().setFileRmRequest(remove.setRecursive(true)));
        assertThatThrownBy(() -> succeeding(request().setFileRmRequest(remove))).isInstanceOf(FileError.class);
    }

    @Test
    void a_file_that_nobody_uses_is_written_back_and_closed() throws Exception {
        var file = open("/tmp/long", "w");
        write(file, "x".repeat(2_000_000));
        assertThat(cat("/tmp/long")).isEmpty();
        clock.advance(Duration.ofHours(1));
        files.sweep();

        assertThat(cat("/tmp/long")).hasSize(2_000_000);
        assertThatThrownBy(() -> write(file, "x")).hasMessageContaining("not open");
    }
}
