package dev.sandboxer.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A test's client of a fake cloud, and the environment for the command line to use that cloud. */
public record CloudClient(String url, String key) {
    /** A key in E2B's form. */
    public static final String KEY = "e2b_" + "5afe".repeat(10);

    /** The platform's credential for this cloud. */
    public Map<String, String> environment() {
        return Map.of("E2B_API_KEY", key, "E2B_API_URL", url, "E2B_SANDBOX_URL", url);
    }

    /** The ids of all sandboxes, running and paused. */
    public List<String> sandboxes() throws IOException, InterruptedException {
        var answer = get("/v2/sandboxes?state=running%2Cpaused");
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.body());
        }
        return StreamSupport.stream(JsonMapper.shared().readTree(answer.body()).spliterator(), false)
                .map((JsonNode one) -> one.path("sandboxID").asString())
                .toList();
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .header("X-API-Key", key)
                .GET()
                .build();
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.ofString());
        }
    }
}
