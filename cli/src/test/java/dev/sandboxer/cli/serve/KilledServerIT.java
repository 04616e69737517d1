package dev.sandboxer.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import dev.sandboxer.testing.PostgresServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Two servers on one database, each a process with a home of its own, one of which is killed. */
class KilledServerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern KEY = Pattern.compile("e2b_[0-9a-f]{40}");
    private static final Pattern ID = Pattern.compile("\"sandboxID\":\"([a-z0-9]+)\"");

    private final String url = PostgresServer.get().empty();

    @AutoClose
    private final Cli one = Cli.onFreshHome().with("SANDBOXER_DATABASE_URL", url);

    @AutoClose
    private final Cli two = Cli.onFreshHome().with("SANDBOXER_DATABASE_URL", url);

    @AutoClose
    private final HttpClient http = HttpClient.newHttpClient();

    private final List<Process> servers = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process server : servers) {
            server.destroyForcibly().waitFor();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static CliProcess process(Cli cli) {
        return new CliProcess(cli.home())
                .with(cli.environment().entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("SANDBOXER_DATABASE"))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** Returns what it said until it listened. */
    private List<String> serve(Cli cli, int port) throws IOException {
        var server = process(cli).start("serve", "--listen", "127.0.0.1:" + port);
        servers.add(server);
        Thread.ofVirtual().start(() -> skip(server));
        var out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        var said = new ArrayList<String>();
        while (said.isEmpty() || !said.getLast().startsWith("listening on ")) {
            var line = out.readLine();
            assertThat(line).as("it ended after " + said).isNotNull();
            said.add(line);
        }
        return said;
    }

    private static void skip(Process server) {
        try {
            server.getErrorStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // it has ended
        }
    }

    private HttpResponse<String> call(int port, String key, String method, String path, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .header("X-API-Key", key)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void calls_for_its_sandboxes_fail_for_now_and_what_was_asked_is_done_when_it_is_back() throws Exception {
        int first = freePort();
        int second = freePort();
        var key = serve(one, first).stream()
                .flatMap(line -> KEY.matcher(line).results())
                .findFirst()
                .orElseThrow()
                .group();
        var refused = process(two).run("serve", "--listen", "127.0.0.1:" + second);
        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err()).contains("copy master-key.json");
        Files.copy(one.home().resolve("master-key.json"), two.home().resolve("master-key.json"));
        serve(two, second);

        var made = call(first, key, "POST", "/sandboxes", "{\"templateID\":\"base\",\"timeout\":900}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        var id = ID.matcher(made.body()).results().findFirst().orElseThrow().group(1);
        assertThat(call(second, key, "POST", "/sandboxes/" + id + "/timeout", "{\"timeout\":800}")
                        .statusCode())
                .isEqualTo(204);

        servers.getFirst().destroyForcibly().waitFor();

        var lost = call(second, key, "POST", "/sandboxes/" + id + "/timeout", "{\"timeout\":700}");
        assertThat(lost.statusCode()).isEqualTo(503);
        assertThat(lost.headers().firstValue("Retry-After")).isPresent();
        assertThat(process(two).run("exec", id, "true").err())
                .contains("is on another host", "http://127.0.0.1:" + first);
        assertThat(call(second, key, "DELETE", "/sandboxes/" + id, "").statusCode())
                .isEqualTo(204);
        assertThat(one.directories()).hasSize(1);

        serve(one, first);
        await().atMost(PATIENCE).until(() -> one.directories().isEmpty());
        await().atMost(PATIENCE).until(() -> process(two).run("show", id).out().contains("stopped (killed)"));
    }
}
