package dev.sandboxer.e2b.envd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.e2b.ScriptedCloud;
import dev.sandboxer.e2b.ScriptedSandbox;
import dev.sandboxer.e2b.control.ControlClient;
import dev.sandboxer.e2b.control.EnvdVersion;
import dev.sandboxer.e2b.http.HttpCalls;
import dev.sandboxer.e2b.http.IdleTimer;
import dev.sandboxer.e2b.http.Timeouts;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileEvent;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** File operations with behaviour that only E2B's own daemon shows: other types and messages, and failures half-way. */
@Timeout(60)
class FilesTest extends ScriptedSandbox {
    private static final String STAT = "POST /filesystem.Filesystem/Stat";
    private static final String REMOVE = "POST /filesystem.Filesystem/Remove";
    private static final String UPLOAD = "POST /files";
    private static final String DOWNLOAD = "GET /files";
    private static final String START = "POST /process.Process/Start";
    private static final String MISSING = "{\"code\":\"not_found\",\"message\":\"path not found\"}";

    @Test
    void an_entry_is_read_from_gos_form_of_a_mode() {
        cloud.on(DOWNLOAD, 200, "user:x:1000:1000::/home/user:/bin/sh\nroot:x:0:0::/root:/bin/sh\n");
        cloud.on(STAT, 200, entry("FILE_TYPE_FILE", "ugrwxr-x---", 0750, ""))
                .on(STAT, 200, entry("FILE_TYPE_DIRECTORY", "dtrwxrwxrwx", 0777, ""))
                .on(STAT, 200, entry("", "prw-r--r--", 0644, ""))
                .on(STAT, 200, entry("FILE_TYPE_UNSPECIFIED", "Dcrw-rw-rw-", 0666, ""))
                .on(STAT, 200, entry("FILE_TYPE_FILE", "?rw-rw-rw-", 0666, ""));
        var files = session().files();
        var file = files.stat("/x/f", null);
        assertThat(file.type()).isEqualTo(FileType.FILE);
        assertThat(file.mode()).isEqualTo(06750);
        assertThat(file.size()).isEqualTo(12_345_678_901L);
        assertThat(file.uid()).isEqualTo(1000);
        assertThat(file.gid()).as("of root, by name").isZero();
        assertThat(file.metadata()).isEqualTo(Map.of("k", "v"));
        var directory = files.stat("/x/f", null);
        assertThat(directory.type()).isEqualTo(FileType.DIRECTORY);
        assertThat(directory.mode()).isEqualTo(01777);
        for (int mode : new int[] {FileEntry.FIFO | 0644, FileEntry.CHARACTER_DEVICE | 0666, 0666}) {
            var special = files.stat("/x/f", null);
            assertThat(special.type()).isEqualTo(FileType.OTHER);
            assertThat(special.mode()).isEqualTo(mode);
        }
    }

    @Test
    void a_link_has_its_text_and_its_target() {
        cloud.on(DOWNLOAD, 200, "").on(START, links("../target\nx\0"));
        cloud.on(STAT, 200, entry("FILE_TYPE_FILE", "Lrwxr-xr-x", 0755, "/x/target"))
                .on(STAT, 200, entry("FILE_TYPE_UNSPECIFIED", "Lrwxrwxrwx", 0777, ""))
                .on(STAT, 200, entry("FILE_TYPE_UNSPECIFIED", "Lrwxrwxrwx", 0777, "/x/fifo"));
        var files = session().files();
        var good = files.stat("/x/f", null);
        assertThat(good.type()).isEqualTo(FileType.SYMLINK);
        assertThat(good.targetType()).isEqualTo(FileType.FILE);
        assertThat(good.linkTarget()).isEqualTo("/x/target");
        assertThat(good.linkText()).isEqualTo("../target\nx");
        var broken = files.stat("/x/f", null);
        assertThat(broken.targetType()).isEqualTo(FileType.UNKNOWN);
        assertThat(broken.linkTarget()).isNull();
        assertThat(files.stat("/x/f", null).targetType()).isEqualTo(FileType.OTHER);
    }

    @Test
    void a_device_is_neither_read_nor_written() {
        cloud.on(DOWNLOAD, 200, "").on(STAT, 200, entry("", "Dcrw-rw-rw-", 0666, ""));
        var files = session().files();
        assertThat(refusal(() -> files.read("/x/f", null, 0, 10))).isEqualTo(Reason.SPECIAL_FILE);
        assertThat(refusal(() -> write(files, new byte[1]))).isEqualTo(Reason.SPECIAL_FILE);
        assertThat(cloud.asked(UPLOAD)).isEmpty();
    }

    @Test
    void a_write_without_metadata_keeps_the_old_metadata() throws IOException {
        cloud.on(DOWNLOAD, 200, "")
                .on(STAT, 200, entry("FILE_TYPE_FILE", "-rw-r--r--", 0644, ""))
                .on(UPLOAD, 200, "[]");
        var files = session().files();
        write(files, new byte[1]);
        files.write("/x/f", new WriteOptions(null, null, Map.of("a", "1")), InputStream.nullInputStream());
        assertThat(cloud.asked(UPLOAD).get(0).header("X-Metadata-k")).isEqualTo("v");
        assertThat(cloud.asked(UPLOAD).get(1).header("X-Metadata-a")).isEqualTo("1");
        assertThat(cloud.asked(UPLOAD).get(1).headers()).doesNotContainKey("X-metadata-k");
        assertThat(refusal(() -> files.write(
                        "/x/f",
                        new WriteOptions(null, null, Map.of("A", "1\r\nX-Access-Token: y")),
                        source(new byte[1]))))
                .isEqualTo(Reason.INVALID);
    }

    @Test
    void paths_and_users_are_escaped_and_content_arrives_unchanged() throws IOException {
        cloud.on(DOWNLOAD, 200, "")
                .on(STAT, 404, MISSING)
                .on(STAT, 200, entry("FILE_TYPE_FILE", "-rw-r--r--", 0644, ""));
        cloud.on(UPLOAD, 200, "[]");
        var content = new byte[300_000];
        new java.util.Random(5).nextBytes(content);
        session().files().write("/a b/ü&x=1?#%", new WriteOptions("me+you", null, null), source(content));
        var asked = cloud.asked(UPLOAD).getFirst();
        assertThat(asked.target()).isEqualTo("/files?path=%2Fa%20b%2F%C3%BC%26x%3D1%3F%23%25&username=me%2Byou");
        assertThat(asked.body()).isEqualTo(content);
        assertThat(asked.header("Content-Type")).isEqualTo("application/octet-stream");
    }

    @Test
    void an_old_daemon_gets_uploads_as_a_form_and_an_explicit_user() throws IOException {
        cloud.on(STAT, 404, MISSING).on(STAT, 200, entry("FILE_TYPE_FILE", "-rw-r--r--", 0644, ""));
        cloud.on(UPLOAD, 200, "[]").on(DOWNLOAD, 200, "");
        cloud.on(
                "GET /sandboxes/" + ScriptedCloud.SANDBOX,
                200,
                ScriptedCloud.detail("inst-sb-1", "running").replace("0.6.13", "0.2.1"));
        var files = session().files();
        write(files, "as it is".getBytes(UTF_8));
        var asked = cloud.asked(UPLOAD).getFirst();
        var boundary = asked.header("Content-Type").replaceFirst("multipart/form-data; boundary=", "");
        assertThat(new String(asked.body(), UTF_8))
                .startsWith("--" + boundary + "\r\n")
                .contains("name=\"file\"")
                .endsWith("\r\n\r\nas it is\r\n--" + boundary + "--\r\n");
        assertThat(cloud.asked(STAT).getFirst().header("Authorization")).isEqualTo("Basic dXNlcjo=");
        assertThat(refusal(
                        () -> files.write("/x/f", new WriteOptions(null, null, Map.of("a", "1")), source(new byte[1]))))
                .isEqualTo(Reason.UNSUPPORTED);
    }

    @Test
    void versions_are_compared_as_numbers() {
        assertThat(EnvdVersion.of("0.6.13")).isGreaterThan(EnvdVersion.of("0.6.2"));
        assertThat(EnvdVersion.of("0.10.0")).isGreaterThan(EnvdVersion.of("0.6.2"));
        assertThat(EnvdVersion.of("v0.5.7-beta").takesPlainUploads()).isTrue();
        assertThat(EnvdVersion.of("0.5.6").takesPlainUploads()).isFalse();
        assertThat(EnvdVersion.of("what").keepsMetadata()).isTrue();
        assertThat(EnvdVersion.of("0.3.9").knowsDefaultUser()).isFalse();
    }

    @Test
    void a_full_disk_is_reported_and_the_partial_file_removed() {
        cloud.on(STAT, 404, MISSING).on(UPLOAD, ScriptedCloud.error(507, "not enough disk space available"));
        cloud.on(REMOVE, 200, "{}");
        assertThat(refusal(() -> write(session().files(), new byte[1]))).isEqualTo(Reason.NO_SPACE);
        assertThat(cloud.asked(REMOVE)).hasSize(1);
    }

    @Test
    void a_failure_of_the_source_is_passed_on_and_the_partial_file_removed() {
        cloud.on(STAT, 404, MISSING).on(UPLOAD, 200, "[]").on(REMOVE, 200, "{}");
        var source = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the source failed");
            }
        };
        assertThatThrownBy(() -> session().files().write("/x/f", WriteOptions.DEFAULT, source))
                .isInstanceOf(IOException.class)
                .hasMessage("the source failed");
        assertThat(cloud.asked(REMOVE)).hasSize(1);
    }

    @Test
    void an_upload_that_the_server_does_not_read_is_aborted() throws IOException {
        try (var deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var quick = new Timeouts(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    Duration.ofMillis(500),
                    Duration.ofMillis(1));
            var url = "http://127.0.0.1:" + deaf.getLocalPort();
            try (var http = new HttpCalls(quick);
                    var idleTimer = new IdleTimer()) {
                cloud.withSandbox();
                var target = new EnvdTarget(
                        new dev.sandboxer.extension.BackendRef(ScriptedCloud.SANDBOX),
                        url,
                        "token-of-it",
                        EnvdVersion.of("0.6.13"));
                var client = new EnvdClient(
                        http,
                        idleTimer,
                        target,
                        new ControlClient(http, cloud.url(), ScriptedCloud.KEY, InstantSource.system()));
                var failure =
                        failure(() -> new FileTransfer(client).write("/x", null, null, source(new byte[64 << 20])));
                assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
                assertThat(failure).hasMessageContaining("no data moved");
            }
        }
    }

    @Test
    void a_range_is_cut_out_when_the_server_sends_the_whole_file() throws IOException {
        cloud.on(
                STAT,
                200,
                entry("FILE_TYPE_FILE", "-rw-r--r--", 0644, "")
                        .replace("\"group\":\"root\"", "\"group\":\"0\"")
                        .replace("\"owner\":\"user\"", "\"owner\":\"0\""));
        cloud.on(DOWNLOAD, 200, "0123456789");
        try (var file = session().files().read("/x/f", null, 3, 4)) {
            assertThat(file.content().readAllBytes()).isEqualTo("3456".getBytes(UTF_8));
        }
        assertThat(cloud.asked(DOWNLOAD).getFirst().header("Range")).isEqualTo("bytes=3-6");
    }

    @Test
    void a_download_that_breaks_fails_and_is_not_a_short_file() {
        cloud.on(
                STAT,
                200,
                entry("FILE_TYPE_FILE", "-rw-r--r--", 0644, "")
                        .replace("\"group\":\"root\"", "\"group\":\"0\"")
                        .replace("\"owner\":\"user\"", "\"owner\":\"0\""));
        cloud.on(DOWNLOAD, (exchange, _) -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
        });
        assertThatThrownBy(() -> {
                    try (var file = session().files().read("/x/f", null, 0, Long.MAX_VALUE)) {
                        file.content().readAllBytes();
                    }
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void lost_events_are_reported_and_end_the_watch() throws Exception {
        cloud.on(
                "POST /filesystem.Filesystem/WatchDir",
                ScriptedCloud.streamThen(
                        new dev.sandboxer.connect.ConnectError(
                                dev.sandboxer.connect.ConnectCode.RESOURCE_EXHAUSTED, "lost"),
                        "{\"start\":{}}",
                        "{\"keepalive\":{}}",
                        "{\"filesystem\":{\"name\":\"a\",\"type\":\"EVENT_TYPE_CREATE\"}}",
                        "{\"filesystem\":{\"name\":\"b\",\"type\":\"EVENT_TYPE_OF_2030\"}}"));
        try (var watch = session().files().watch("/x", null, false, false)) {
            assertThat(watch.next(null)).isEqualTo(new FileEvent(FileEvent.Kind.CREATE, "a", null));
            assertThat(watch.next(null)).isEqualTo(new FileEvent(FileEvent.Kind.OVERFLOW, "", null));
            assertThat(failure(() -> watch.next(null)).kind()).isEqualTo(Kind.TRANSIENT);
        }
    }

    @Test
    void paths_that_no_linux_accepts_are_refused_without_a_call() {
        var files = session().files();
        assertThat(refusal(() -> files.stat("/x\0y", null))).isEqualTo(Reason.INVALID);
        assertThat(refusal(() -> files.stat("/" + "x".repeat(256), null))).isEqualTo(Reason.TOO_LONG);
        assertThat(refusal(() -> files.move("/a", "/" + "ü".repeat(128), null))).isEqualTo(Reason.TOO_LONG);
        assertThat(refusal(() -> files.remove("/x".repeat(2100), null))).isEqualTo(Reason.TOO_LONG);
        assertThat(cloud.asked()).hasSize(1);
    }

    private static void write(SandboxFiles files, byte[] content) throws IOException {
        files.write("/x/f", WriteOptions.DEFAULT, source(content));
    }

    private static InputStream source(byte[] content) {
        return new ByteArrayInputStream(content);
    }

    private static ScriptedCloud.Answer links(String text) {
        var base64 = java.util.Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
        return ScriptedCloud.stream(
                "{\"event\":{\"start\":{\"pid\":1}}}",
                "{\"event\":{\"data\":{\"stdout\":\"" + base64 + "\"}}}",
                "{\"event\":{\"end\":{\"exited\":true}}}");
    }

    private static String entry(String type, String permissions, int mode, String target) {
        return """
                {"entry":{"name":"f",%s"path":"/x/f","size":"12345678901","mode":%d,"permissions":"%s","owner":"user",
                 "group":"root","modifiedTime":"2026-11-25T10:00:00.5Z"%s,"metadata":{"k":"v"}}}""".formatted(
                        type.isEmpty() ? "" : "\"type\":\"" + type + "\",",
                        mode,
                        permissions,
                        target.isEmpty() ? "" : ",\"symlinkTarget\":\"" + target + "\"");
    }
}
