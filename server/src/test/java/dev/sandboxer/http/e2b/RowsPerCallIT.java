package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.Extension;
import dev.sandboxer.testing.TestInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Counts the database statements of a call into a sandbox on this machine. */
class RowsPerCallIT {
    private static Path home;
    private static TestInstallation installation;
    private static ServedSandbox served;

    @BeforeAll
    static void serve() throws IOException {
        home = Files.createTempDirectory("sbx"); // short, because socket paths are limited
        installation = new TestInstallation(home);
        var local = ServiceLoader.load(Extension.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(extension -> extension.id().value().equals("ext.local"))
                .findAny()
                .orElseThrow();
        served = new ServedSandbox(installation, local, true);
    }

    @AfterAll
    static void end() throws IOException {
        served.sandboxes().destroy(served.sandbox());
        served.close();
        try (var files = Files.walk(home)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private interface Call {
        String answer() throws IOException;
    }

    private static String readingOneRow(Call call) throws IOException {
        List<String> statements = new CopyOnWriteArrayList<>();
        installation.watchStatements(statements::add);
        var answer = call.answer();
        installation.watchStatements(sql -> {});
        assertThat(statements).hasSize(1);
        return answer;
    }

    private static String start(String command) {
        var json = "{\"process\":{\"cmd\":\"/bin/sh\",\"args\":[\"-c\",\"" + command + "\"]}}";
        return "\0\0\0\0" + (char) json.length() + json;
    }

    private static String exec(String command) throws IOException {
        return served.call("process.Process/Start", "application/connect+json", start(command));
    }

    private static String get(String path, String lines) throws IOException {
        return served.ask("GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + lines + "\r\n");
    }

    @Test
    void one_row_is_read_for_an_exec() throws Exception {
        assertThat(readingOneRow(() -> exec("echo hi"))).contains("\"stdout\":\"aGkK\"");
    }

    @Test
    void one_row_is_read_for_a_call_of_the_file_service() throws Exception {
        assertThat(readingOneRow(() -> served.call("filesystem.Filesystem/Stat", "{\"path\":\"/etc/passwd\"}")))
                .contains("\"name\":\"passwd\"");
    }

    @Test
    void one_row_is_read_for_a_download_and_for_an_upload() throws Exception {
        assertThat(readingOneRow(() -> get("/files?path=/etc/passwd", served.opening())))
                .startsWith("HTTP/1.1 200 ")
                .contains("root:");
        assertThat(
                        readingOneRow(
                                () -> served.ask(
                                        "POST /files?path=/tmp/up HTTP/1.1\r\nHost: h\r\n" + served.opening()
                                                + "Content-Type: application/octet-stream\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void one_row_is_read_for_a_request_to_a_port() throws Exception {
        var python = "cd /etc; exec python3 -m http.server 3000 --bind 127.0.0.1 >/dev/null 2>&1 &";
        exec(python);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> get("/passwd", served.port(3000)).startsWith("HTTP/1.1 200 "));
        assertThat(readingOneRow(() -> get("/passwd", served.port(3000)))).contains("root:");
    }
}
