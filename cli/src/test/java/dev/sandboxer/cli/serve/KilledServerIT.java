package dev.sandboxer.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import dev.sandboxer.testing.databases.PostgresServer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Two servers on one database, each with its own process and home. One of them is killed. */
class KilledServerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern KEY = Pattern.compile("e2b_[0-9a-f]{40}");
    private static final Pattern ID = Pattern.compile("\"sandboxID\":\"([a-z0-9]+)\"");

    private final String url = PostgresServer.get().empty();

    @AutoClose
    private final Cli one = Cli.onFreshHome().with("SANDBOXER_DATABASE_URL", url);

    @AutoClose
    private final Cli two = Cli.onFreshHome().with("SANDBOXER_DATABASE_URL", url);

    private final ServerProcess first = new ServerProcess(process(one));
    private final ServerProcess second = new ServerProcess(process(two));

    @AfterEach
    void end() {
        first.close();
        second.close();
    }

    private static CliProcess process(Cli cli) {
        return new CliProcess(cli.home())
                .with(cli.environment().entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("SANDBOXER_DATABASE"))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    @Test
    void calls_for_sandboxes_of_a_killed_server_fail_until_it_is_back() throws Exception {
        var key = first.start().stream()
                .flatMap(line -> KEY.matcher(line).results())
                .findFirst()
                .orElseThrow()
                .group();
        var refused = process(two).run("serve", "--listen", "127.0.0.1:0");
        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err()).contains("copy master-key.json");
        Files.copy(one.home().resolve("master-key.json"), two.home().resolve("master-key.json"));
        second.start();

        var made = first.call(key, "POST", "/sandboxes", "{\"templateID\":\"base\",\"timeout\":900}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        var id = ID.matcher(made.body()).results().findFirst().orElseThrow().group(1);
        assertThat(second.call(key, "POST", "/sandboxes/" + id + "/timeout", "{\"timeout\":800}")
                        .statusCode())
                .isEqualTo(204);

        first.kill();

        var lost = second.call(key, "POST", "/sandboxes/" + id + "/timeout", "{\"timeout\":700}");
        assertThat(lost.statusCode()).isEqualTo(503);
        assertThat(lost.headers().firstValue("Retry-After")).isPresent();
        assertThat(process(two).run("exec", id, "true").err()).contains("is on another host", first.url());
        assertThat(second.call(key, "DELETE", "/sandboxes/" + id, "").statusCode())
                .isEqualTo(204);
        assertThat(one.directories()).hasSize(1);

        first.start();
        await().atMost(PATIENCE).until(() -> one.directories().isEmpty());
        await().atMost(PATIENCE).until(() -> process(two).run("show", id).out().contains("stopped (killed)"));
    }
}
