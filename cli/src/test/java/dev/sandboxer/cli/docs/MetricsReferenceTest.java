package dev.sandboxer.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.Home;
import dev.sandboxer.http.Listen;
import dev.sandboxer.server.SandboxerServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/reference/metrics.md and the alerts name the metrics of a server. */
class MetricsReferenceTest {
    private static final String RULES = "deploy/prometheus-rules.yaml";
    private static final Pattern HEADER = Pattern.compile("# (HELP|TYPE) (\\S+) (.*)");
    private static final Pattern SAMPLE = Pattern.compile("(sandboxer_\\w+?)(_bucket|_sum|_count)?\\{([^}]*)} .*");
    private static final Pattern NAME = Pattern.compile("sandboxer_\\w+");

    /** The URL of a receiver that doesn't exist: nothing listens on the port. */
    private static final String NOWHERE = "http://127.0.0.1:9/events";

    private static String scraped = "";

    @BeforeAll
    static void scrape_a_server(@TempDir Path home) throws IOException, InterruptedException {
        var environment = Map.of("SANDBOXER_FIN_HUB_URL", NOWHERE, "SANDBOXER_STATE_HUB_URL", NOWHERE);
        try (var installation = Sandboxer.open(new Home(home), environment, InstantSource.system());
                var server =
                        SandboxerServer.start(installation, new Listen("127.0.0.1", 0), null, Duration.ofSeconds(10))) {
            get(server, "/healthz"); // what is counted by route has no line before the first request
            scraped = get(server, "/metrics");
        }
    }

    private static String get(SandboxerServer server, String path) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(server.url() + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void every_metric_is_listed() throws IOException {
        var help = headers("HELP");
        var page = new StringBuilder("""
                # Metrics

                The metrics that `GET /metrics` returns, for Prometheus. [operate.md](../operate.md#monitor-it) says which to watch.

                Metrics of a hub exist only if the hub has a URL. `make docs` generates this page from a server; it documents [F3] of the
                capability registry.

                | metric | type | labels | meaning |
                |---|---|---|---|
                """);
        headers("TYPE")
                .forEach((name, type) -> page.append("| `%s` | %s | %s | %s |\n"
                        .formatted(name, type, String.join(", ", labels(name)), help.get(name))));
        new GeneratedFile("docs/reference/metrics.md").holds(page.toString());
    }

    @Test
    void every_metric_named_by_an_alert_exists() {
        var names = headers("TYPE").keySet();
        var expressions =
                rules().stream().map(rule -> rule.path("expr").asString()).toList();

        assertThat(expressions).hasSizeGreaterThan(4);
        for (String expression : expressions) {
            assertThat(NAME.matcher(expression)
                            .results()
                            .map(match -> match.group().replaceFirst("_(bucket|sum)$", "")))
                    .as(expression)
                    .isSubsetOf(names);
        }
    }

    @Test
    void every_alert_says_how_bad_it_is_and_what_to_do() {
        for (JsonNode rule : rules()) {
            assertThat(rule.path("alert").asString()).startsWith("Sandboxer");
            assertThat(rule.at("/labels/severity").asString())
                    .as(rule.toString())
                    .isIn("page", "ticket");
            assertThat(rule.at("/annotations/summary").asString())
                    .as(rule.toString())
                    .isNotBlank();
            assertThat(rule.at("/annotations/action").asString())
                    .as(rule.toString())
                    .isNotBlank();
            assertThat(Tree.read("docs/operate.md"))
                    .contains("`" + rule.path("alert").asString() + "`");
        }
    }

    private static List<JsonNode> rules() {
        var yaml = new Load(LoadSettings.builder().build()).loadFromString(Tree.read(RULES));
        JsonNode file = JsonMapper.shared().valueToTree(yaml);
        return file.path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .toList();
    }

    private static Map<String, String> headers(String kind) {
        var found = new TreeMap<String, String>();
        HEADER.matcher(scraped)
                .results()
                .filter(match -> match.group(1).equals(kind))
                .forEach(match -> found.put(match.group(2), match.group(3)));
        return found;
    }

    private static TreeSet<String> labels(String metric) {
        var found = new TreeSet<String>();
        SAMPLE.matcher(scraped)
                .results()
                .filter(match -> match.group(1).equals(metric))
                .forEach(match -> {
                    for (String label : match.group(3).split(",")) {
                        found.add(label.substring(0, label.indexOf('=')));
                    }
                });
        found.remove("le");
        return found;
    }
}
