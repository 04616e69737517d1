package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.http.ports.InsideServer;
import dev.sandboxer.testing.TestInstallation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts the database statements of a call that is passed on to the backend; {@link RowsPerCallIT} has the local calls. */
class RowsPerCallTest {
    private static final InsideServer.Script OK = peer -> {
        while (true) {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        }
    };

    @TempDir
    private Path home;

    private static void readsOneRow(TestInstallation installation, PassedSandbox passed, String request)
            throws IOException {
        assertThat(passed.ask(request)).startsWith("HTTP/1.1 200 "); // the first request opens what later ones reuse
        List<String> statements = new CopyOnWriteArrayList<>();
        installation.watchStatements(statements::add);
        assertThat(passed.ask(request)).startsWith("HTTP/1.1 200 ");
        assertThat(statements).hasSize(1);
        installation.watchStatements(sql -> {});
    }

    private static void readsOneRow(TestInstallation installation, int extension) throws IOException {
        try (var passed = new PassedSandbox(installation, extension, OK, false)) {
            var end = "Host: h\r\nConnection: close\r\n";
            readsOneRow(
                    installation,
                    passed,
                    "POST /process.Process/List HTTP/1.1\r\nContent-Length: 2\r\n" + end + passed.opening() + "\r\n{}");
            readsOneRow(installation, passed, "GET /files?path=a HTTP/1.1\r\n" + end + passed.opening() + "\r\n");
            readsOneRow(
                    installation,
                    passed,
                    "GET / HTTP/1.1\r\n" + end + "E2b-Traffic-Access-Token: " + passed.trafficToken() + "\r\n"
                            + passed.port(8080) + "\r\n");
        }
    }

    @Test
    void one_row_is_read_without_a_credential() throws Exception {
        readsOneRow(new TestInstallation(home), 0);
    }

    @Test
    void one_row_is_read_with_a_stored_credential() throws Exception {
        var installation = new TestInstallation(home);
        installation.addCredential("key_consumers", false);
        readsOneRow(installation, 1);
    }
}
