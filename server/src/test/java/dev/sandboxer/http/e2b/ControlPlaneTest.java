package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.http.WireJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates, lists and networks, asked for over HTTP. */
class ControlPlaneTest {
    @TempDir
    private Path home;

    private PassedSandbox server;
    private String key;

    private record Answer(int status, String body) {
        String value(String name) {
            return String.valueOf(WireJson.read(body.getBytes(StandardCharsets.UTF_8), Map.class)
                    .get(name));
        }
    }

    @BeforeEach
    void open() throws Exception {
        server = new PassedSandbox(home, peer -> {});
        key = server.key();
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private Answer ask(String method, String path, String body) throws Exception {
        var answer = server.ask(method + " " + path + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key
                + "\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body);
        var content = answer.substring(answer.indexOf("\r\n\r\n") + 4).replace("[end]", "");
        return new Answer(Integer.parseInt(answer.split(" ", 3)[1]), content);
    }

    private String create(String template) throws Exception {
        var made = ask("POST", "/v2/sandboxes", "{\"templateID\":\"" + template + "\"}");
        assertThat(made.status).as(made.body).isEqualTo(201);
        return made.value("sandboxID");
    }

    private String snapshot(String name) throws Exception {
        var made = ask("POST", "/sandboxes/" + server.sandbox().id() + "/snapshots", "{\"name\":\"" + name + "\"}");
        assertThat(made.status).as(made.body).isEqualTo(201);
        return made.value("snapshotID");
    }

    private List<String> listed(String template) throws Exception {
        var answer = ask("GET", "/v2/sandboxes?template=" + template, "");
        assertThat(answer.status).as(answer.body).isEqualTo(200);
        return answer.body
                .lines()
                .flatMap(line -> java.util.regex.Pattern.compile("\"sandboxID\":\"([a-z0-9]+)\"")
                        .matcher(line)
                        .results())
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void a_sandbox_made_from_a_snapshot_is_listed_under_that_and_not_under_the_profile() throws Exception {
        var plain = server.sandbox().id().value();
        var snapshot = snapshot("kept");
        var made = create("kept");

        assertThat(listed("base")).containsExactly(plain);
        assertThat(listed(snapshot)).containsExactly(made);
        assertThat(listed("kept")).containsExactly(made);
    }

    @Test
    void it_stays_listed_under_a_snapshot_that_was_deleted() throws Exception {
        var snapshot = snapshot("kept");
        var made = create(snapshot);
        assertThat(ask("DELETE", "/templates/" + snapshot, "").status).isEqualTo(204);

        assertThat(listed(snapshot)).containsExactly(made);
        assertThat(ask("GET", "/v2/sandboxes?template=kept", "").status).isEqualTo(404);
    }

    @Test
    void a_snapshot_whose_name_ends_like_the_usual_tag_can_be_used_with_and_without_the_tag() throws Exception {
        var snapshot = snapshot("x:default");

        var made = ask("POST", "/v2/sandboxes", "{\"templateID\":\"x:default\"}");
        assertThat(made.value("templateID")).isEqualTo(snapshot);
        assertThat(ask("POST", "/v2/sandboxes", "{\"templateID\":\"base:default\"}").status)
                .isEqualTo(201);
        snapshot("y");
        create("y:default");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"allowOut\":[\"0.0.0.0/0\"]}",
                "{\"allow_internet_access\":true,\"allowOut\":[\"0.0.0.0/0\"]}"
            })
    void a_denied_network_can_not_be_opened_and_says_so(String rules) throws Exception {
        var made = ask("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"allow_internet_access\":false}");
        var path = "/sandboxes/" + made.value("sandboxID") + "/network";

        var refused = ask("PUT", path, rules);
        assertThat(refused.status).as(refused.body).isEqualTo(400);
        assertThat(refused.body).contains("denied", "can't be opened");
        assertThat(ask("PUT", path, "{\"allow_internet_access\":true}").status)
                .as("a permission")
                .isEqualTo(204);
        assertThat(ask("PUT", path, "{\"denyOut\":[\"0.0.0.0/0\"]}").status)
                .as("what is so already")
                .isEqualTo(204);
    }

    @Test
    void no_rules_are_no_change_where_only_the_profile_denies_the_network() throws Exception {
        var path = "/sandboxes/" + server.sandbox().id() + "/network";
        for (String rules : List.of("{}", "{\"allowPublicTraffic\":true}", "{\"allow_internet_access\":true}")) {
            assertThat(ask("PUT", path, rules).status).as(rules).isEqualTo(204);
        }
        assertThat(ask("PUT", path, "{\"allowOut\":[\"0.0.0.0/0\"]}").status).isEqualTo(400);
    }
}
