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

/** Templates, lists and networks over HTTP. */
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
        var answer = server.ask(method, path, "X-API-Key: " + key, body);
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
    void a_sandbox_from_a_snapshot_is_listed_under_the_snapshot_not_the_profile() throws Exception {
        var plain = server.sandbox().id().value();
        var snapshot = snapshot("kept");
        var made = create("kept");

        assertThat(listed("base")).containsExactly(plain);
        assertThat(listed(snapshot)).containsExactly(made);
        assertThat(listed("kept")).containsExactly(made);
    }

    @Test
    void a_sandbox_stays_listed_under_its_deleted_snapshot() throws Exception {
        var snapshot = snapshot("kept");
        var made = create(snapshot);
        assertThat(ask("DELETE", "/templates/" + snapshot, "").status).isEqualTo(204);

        assertThat(listed(snapshot)).containsExactly(made);
        assertThat(listed("kept")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "unknown:tag", "profile.gone", "%20", "%27%3B--", "x%2Fy"})
    void nothing_is_listed_under_an_unknown_template(String template) throws Exception {
        assertThat(listed(template)).isEmpty();
        assertThat(ask("GET", "/v2/sandboxes?state=running&template=" + template, "").body)
                .isEqualTo("[]");
    }

    @Test
    void a_snapshot_whose_name_ends_with_the_default_tag_can_be_used() throws Exception {
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
    void a_denied_network_can_not_be_opened(String rules) throws Exception {
        var made = ask("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"allow_internet_access\":false}");
        var path = "/sandboxes/" + made.value("sandboxID") + "/network";

        var refused = ask("PUT", path, rules);
        assertThat(refused.status).as(refused.body).isEqualTo(400);
        assertThat(refused.body).contains("denied", "can't be opened");
        assertThat(ask("PUT", path, "{\"allow_internet_access\":true}").status)
                .as("a permission")
                .isEqualTo(204);
        assertThat(ask("PUT", path, "{\"denyOut\":[\"0.0.0.0/0\"]}").status)
                .as("the current rules")
                .isEqualTo(204);
    }

    @Test
    void an_unknown_field_of_a_newer_client_is_accepted() throws Exception {
        var path = "/sandboxes/" + server.sandbox().id();
        assertThat(ask("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"later\":{\"a\":[1]}}").status)
                .isEqualTo(201);
        assertThat(ask("POST", "/sandboxes", "{\"templateID\":\"base\",\"secure\":true,\"later\":1}").status)
                .isEqualTo(201);
        assertThat(ask("POST", path + "/timeout", "{\"timeout\":60,\"later\":1}").status)
                .isEqualTo(204);
        assertThat(ask("POST", path + "/connect", "{\"timeout\":60,\"later\":1}").status)
                .isEqualTo(200);
        assertThat(ask("PUT", path + "/network", "{\"later\":1}").status)
                .as("an unknown field may be a restriction")
                .isEqualTo(400);
    }

    @Test
    void a_pause_without_memory_is_refused_if_the_backend_always_keeps_it() throws Exception {
        var path = "/sandboxes/" + server.sandbox().id();
        var refused = ask("POST", path + "/pause", "{\"memory\":false}");
        assertThat(refused.status).as(refused.body).isEqualTo(400);
        assertThat(refused.body).contains("keeps the memory");
        assertThat(ask("GET", path, "").value("state")).isEqualTo("running");
        assertThat(ask("POST", path + "/pause", "{\"memory\":true}").status).isEqualTo(204);
        assertThat(ask("POST", path + "/connect", "{\"memory\":false}").body).contains("keepMemory: false");
    }

    @Test
    void accepted_network_rules_are_shown_as_written_in_the_last_request() throws Exception {
        var made =
                ask("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"network\":{\"denyOut\":[\"ALL_TRAFFIC\"]}}");
        var path = "/sandboxes/" + made.value("sandboxID");
        assertThat(ask("GET", path, "").value("network")).contains("denyOut=[ALL_TRAFFIC]");

        var both = "{\"denyOut\":[\"0.0.0.0/0\",\"::/0\",\"::/0\"]}";
        assertThat(ask("PUT", path + "/network", both).status).isEqualTo(204);
        assertThat(ask("GET", path, "").value("network")).contains("denyOut=[0.0.0.0/0, ::/0]");

        assertThat(ask("PUT", path + "/network", "{\"allow_internet_access\":true}").status)
                .isEqualTo(204);
        assertThat(ask("GET", path, "").value("network")).contains("denyOut=[0.0.0.0/0, ::/0]");
        assertThat(ask("GET", path, "").value("allowInternetAccess")).isEqualTo("false");
    }

    @Test
    void refused_network_rules_are_not_shown() throws Exception {
        var path = "/sandboxes/" + server.sandbox().id();
        assertThat(ask("PUT", path + "/network", "{\"denyOut\":[\"192.0.2.1\"]}").status)
                .isEqualTo(400);
        assertThat(ask("GET", path, "").value("network")).doesNotContain("denyOut");
    }

    @Test
    void internet_access_without_a_network_is_granted_with_a_notice() throws Exception {
        var asked = ask("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"allow_internet_access\":true}");
        assertThat(asked.status).isEqualTo(201);
        assertThat(asked.value("notice")).startsWith("the sandbox has no network: ");
        assertThat(ask("GET", "/sandboxes/" + asked.value("sandboxID"), "").value("allowInternetAccess"))
                .isEqualTo("false");

        assertThat(ask("POST", "/v2/sandboxes", "{\"templateID\":\"base\"}").body)
                .doesNotContain("notice");
    }

    @Test
    void a_request_without_rules_changes_nothing_if_only_the_profile_denies_the_network() throws Exception {
        var path = "/sandboxes/" + server.sandbox().id() + "/network";
        for (String rules : List.of("{}", "{\"allowPublicTraffic\":true}", "{\"allow_internet_access\":true}")) {
            assertThat(ask("PUT", path, rules).status).as(rules).isEqualTo(204);
        }
        assertThat(ask("PUT", path, "{\"allowOut\":[\"0.0.0.0/0\"]}").status).isEqualTo(400);
    }
}
