package dev.sandboxer.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import java.nio.file.Files;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Changes of the configuration while a server runs. */
class ConfigChangeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern KEY = Pattern.compile("e2b_[0-9a-f]{40}");
    private static final String MINE = """
            profiles:
              mine: {route: [ext.local], templates: {ext.local: base}, cpu: 1, memory: 256MiB, disk: 1GiB, ttl: 5m, maxTtl: 1h}
            """;

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @AutoClose
    private final ServerProcess server = new ServerProcess(new CliProcess(cli.home()));

    @Test
    void a_valid_change_is_applied_and_a_broken_one_is_reported_and_ignored() throws Exception {
        var key = server.start().stream()
                .flatMap(line -> KEY.matcher(line).results())
                .findFirst()
                .orElseThrow()
                .group();
        assertThat(profiles(key)).doesNotContain("profile.mine");

        Files.writeString(cli.home().resolve("config.yaml"), MINE);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(profiles(key)).contains("profile.mine"));

        Files.writeString(cli.home().resolve("config.yaml"), MINE.replace("256MiB", "some"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(server.log())
                        .anyMatch(line -> line.contains("config.yaml")
                                && line.contains("is broken; its previous content still applies")));
        assertThat(profiles(key)).contains("profile.mine");
        assertThat(server.call(key, "GET", "/readyz", "").statusCode()).isEqualTo(200);
    }

    @Test
    void a_changed_host_reserve_applies_to_new_sandboxes_and_readiness() throws Exception {
        var key = server.start().stream()
                .flatMap(line -> KEY.matcher(line).results())
                .findFirst()
                .orElseThrow()
                .group();
        var create = "{\"templateID\":\"base\"}";

        Files.writeString(cli.home().resolve("config.yaml"), "host: {overcommit: 0.000001}\n");
        await().atMost(PATIENCE).untilAsserted(() -> {
            var refused = server.call(key, "POST", "/v2/sandboxes", create);
            assertThat(refused.statusCode()).isGreaterThanOrEqualTo(400);
            assertThat(refused.body()).contains("host.overcommit");
        });
        Files.writeString(cli.home().resolve("config.yaml"), "host: {reserveDisk: 1000TiB}\n");
        await().atMost(PATIENCE).untilAsserted(() -> {
            var ready = server.call(key, "GET", "/readyz", "");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).startsWith("disk_full");
        });
        assertThat(server.call(key, "POST", "/v2/sandboxes", create).body()).contains("--disk");

        Files.writeString(cli.home().resolve("config.yaml"), "");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(server.call(key, "GET", "/readyz", "").statusCode())
                                .isEqualTo(200));
        assertThat(server.call(key, "POST", "/v2/sandboxes", create).statusCode())
                .isEqualTo(201);
    }

    private String profiles(String key) throws Exception {
        return server.call(key, "GET", "/api/v1/profiles", "").body();
    }
}
