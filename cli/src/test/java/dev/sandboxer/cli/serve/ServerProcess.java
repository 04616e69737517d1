package dev.sandboxer.cli.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.cli.CliProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code sandboxer serve} as a process that can be killed and started again, each time on another port. Only one thread may start and
 * end it; any thread may call it.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final CliProcess program;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private volatile @Nullable Process process;
    private volatile String url = "http://127.0.0.1:9";

    public ServerProcess(CliProcess program) {
        this.program = program;
    }

    /** Starts the server and returns what it printed until it listened. */
    public List<String> start(String... options) throws IOException {
        var command = new ArrayList<>(List.of("serve", "--listen", "127.0.0.1:0"));
        command.addAll(List.of(options));
        var started = program.start(command.toArray(String[]::new));
        process = started;
        Thread.ofVirtual().start(() -> keepLog(started));
        var out = started.inputReader(UTF_8);
        var said = new ArrayList<String>();
        while (said.isEmpty() || !said.getLast().startsWith("listening on ")) {
            var line = out.readLine();
            if (line == null) {
                throw new AssertionError("it ended after " + said + "; its log: " + log);
            }
            said.add(line);
        }
        url = said.getLast().substring("listening on ".length());
        return said;
    }

    /** Returns the variables for Modal's clients that a first start prints. */
    public static Map<String, String> modalEnvironment(List<String> said) {
        return said.stream()
                .map(String::strip)
                .filter(line -> line.startsWith("export MODAL_"))
                .map(line -> line.substring("export ".length()).split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    private void keepLog(Process started) {
        try (var lines = started.errorReader(UTF_8)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                log.add(line);
            }
        } catch (IOException e) {
            // it was killed
        }
    }

    /** Returns the URL that it listens on, or did last. */
    public String url() {
        return url;
    }

    public Path home() {
        return program.home();
    }

    /** Returns the log lines of all its runs. */
    public List<String> log() {
        return log;
    }

    public boolean isAlive() {
        var current = process;
        return current != null && current.isAlive();
    }

    /** Returns its resident memory in KiB. The launcher's process becomes the server's, because the launcher execs java. */
    public long rssKiB() throws IOException {
        var current = process;
        if (current == null) {
            throw new IllegalStateException("it was not started");
        }
        for (String line : Files.readAllLines(Path.of("/proc/" + current.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IllegalStateException("it has ended");
    }

    /** Ends it with SIGKILL; it is gone when this returns. */
    public void kill() {
        var current = process;
        if (current != null) {
            current.destroyForcibly().onExit().join();
        }
    }

    /** Ends it with SIGTERM and returns its exit status. */
    public int stop() throws InterruptedException {
        var current = process;
        if (current == null) {
            throw new IllegalStateException("it was not started");
        }
        current.destroy();
        return current.waitFor();
    }

    /** Sends a request with a consumer's key. */
    public HttpResponse<String> call(String key, String method, String path, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .header("X-API-Key", key)
                        .timeout(LIMIT)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        kill();
        http.close();
    }
}
