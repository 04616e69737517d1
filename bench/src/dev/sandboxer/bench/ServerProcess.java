package dev.sandboxer.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A server as users start it, and a client of it. Thread-safe. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("\"sandboxID\"\\s*:\\s*\"([a-z0-9]+)\"");
    private static final String KEY = "export E2B_API_KEY=";
    private static final String READY = "listening on ";
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private String url = "";
    private String key = "";

    /**
     * Starts a server and waits until it listens.
     *
     * @param key the API key; empty = the server is the first on its database and makes one
     */
    ServerProcess(Path dist, Path home, String database, String key) throws IOException {
        var builder = new ProcessBuilder(dist.resolve("bin/sandboxer").toString(), "serve", "--listen", "127.0.0.1:0")
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("SANDBOXER_HOME", home.toString());
        builder.environment().put("SANDBOXER_DATABASE_URL", database);
        builder.environment().put("SANDBOXER_JAVA_HOME", System.getProperty("java.home"));
        this.key = key;
        this.process = builder.start();
        var said = process.inputReader();
        for (var line = said.readLine(); line != null; line = said.readLine()) {
            if (line.strip().startsWith(KEY)) {
                this.key = line.strip().substring(KEY.length());
            }
            if (line.startsWith(READY)) {
                this.url = line.substring(READY.length());
                return;
            }
        }
        throw new IOException("the server did not start");
    }

    String key() {
        return key;
    }

    /** Creates a sandbox of the default profile and returns its id. */
    String create() throws IOException, InterruptedException {
        var body = "{\"templateID\": \"base\", \"timeout\": " + ContractRounds.TTL.toSeconds() + "}";
        var answer = send(request("/sandboxes").POST(BodyPublishers.ofString(body)), 201);
        var id = ID.matcher(answer);
        if (!id.find()) {
            throw new IOException("no id in " + answer);
        }
        return id.group(1);
    }

    void destroy(String id) throws IOException, InterruptedException {
        send(request("/sandboxes/" + id).DELETE(), 204);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(TIMEOUT)
                .header("X-API-Key", key)
                .header("Content-Type", "application/json");
    }

    private String send(HttpRequest.Builder request, int expected) throws IOException, InterruptedException {
        var answer = client.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() != expected) {
            throw new IOException("status " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    @Override
    public void close() throws InterruptedException {
        client.close();
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
