package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of templates, and requests to build, publish, tag or delete templates. */
class TemplateTest {
    @TempDir
    private Path home;

    private ServedSandbox server;
    private String profile;

    @BeforeEach
    void open() {
        var installation = new TestInstallation(home);
        server = new ServedSandbox(installation, installation.extensions().getFirst(), true);
        profile = server.sandbox().profile().value();
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private String ask(String method, String path, String body) throws Exception {
        return server.ask(method, path, "X-API-Key: " + server.key(), body);
    }

    private static void assertAnswer(String answer, int status, String... words) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains(words);
    }

    private void assertMade(String template, String profile) throws Exception {
        assertAnswer(
                ask("POST", "/v2/sandboxes", "{\"templateID\":\"" + template + "\"}"),
                201,
                "\"templateID\":\"" + profile + "\"");
    }

    @Test
    void a_mapped_name_means_its_profile_with_and_without_a_tag() throws Exception {
        assertMade("opencode", profile);
        assertMade("opencode:default", profile);
        assertMade("opencode:v2", profile);
        assertMade("mastra-0123456789abcdef", "profile.spare");
        assertAnswer(ask("GET", "/templates/aliases/opencode", ""), 200, profile);
        assertAnswer(ask("GET", "/templates", ""), 200, "\"opencode\"");
        assertAnswer(ask("GET", "/v2/sandboxes?template=mastra-anything", ""), 200, "profile.spare");
    }

    @Test
    void a_profile_is_not_hidden_by_a_pattern() throws Exception {
        assertMade("spare", "profile.spare");
        assertAnswer(ask("POST", "/v2/sandboxes", "{\"templateID\":\"mastra\"}"), 404, "template 'mastra' not found");
    }

    @Test
    void an_unknown_name_is_refused_with_the_line_to_write() throws Exception {
        var advice = "templates: {\\\"codex\\\": base}";
        assertAnswer(
                ask("POST", "/v2/sandboxes", "{\"templateID\":\"codex\"}"), 404, "template 'codex' not found", advice);
        assertAnswer(ask("GET", "/templates/aliases/codex", ""), 404, "template 'codex' not found", advice);
        assertAnswer(ask("POST", "/v2/templates", "{\"alias\":\"codex\"}"), 400, "takes no pushed images", advice);
        assertAnswer(ask("POST", "/v3/templates", "{}"), 400, "name is required");
        assertAnswer(ask("POST", "/v3/templates", "{\"name\":\"spare\"}"), 400, "the name of a profile");
        assertAnswer(ask("POST", "/v3/templates", "{\"name\":\"A b\"}"), 400, "not a template's name");
    }

    @Test
    void an_upload_needs_a_signed_address() throws Exception {
        assertAnswer(ask("PUT", "/template-files/me/0123456789abcdef", "x"), 401, "no valid signature");
        assertAnswer(
                ask("PUT", "/template-files/me/0123456789abcdef?expires=9999999999&signature=00", "x"),
                401,
                "no valid signature");
    }

    @Test
    void an_unknown_template_is_404_at_every_route() throws Exception {
        String[] answers = {
            ask("DELETE", "/templates/gone", ""),
            ask("PATCH", "/v2/templates/gone", "{\"public\":true}"),
            ask("PATCH", "/templates/gone", "{\"public\":true}"),
            ask("GET", "/templates/gone/tags", ""),
            ask("POST", "/templates/tags", "{\"target\":\"gone:v1\",\"tags\":[\"v2\"]}"),
            ask("DELETE", "/templates/tags", "{\"name\":\"gone\",\"tags\":[\"v2\"]}"),
            ask("GET", "/templates/gone/builds/b/status?logsOffset=0", ""),
        };
        for (String answer : answers) {
            assertAnswer(answer, 404, "\"code\":404", "template 'gone' not found");
            assertThat(answer).doesNotContain("snapshot '");
        }
    }

    @Test
    void changing_a_profile_is_refused_with_the_reason() throws Exception {
        assertAnswer(ask("DELETE", "/templates/spare", ""), 400, "a profile of this server", "config.yaml");
        assertAnswer(ask("DELETE", "/templates/opencode", ""), 400, "a profile of this server");
        assertAnswer(ask("PATCH", "/v2/templates/base", "{\"public\":true}"), 400, "not published");
        assertAnswer(ask("POST", "/templates/tags", "{\"target\":\"base:v1\",\"tags\":[\"v2\"]}"), 400, "no tags");
        assertAnswer(ask("DELETE", "/templates/tags", "{\"name\":\"base\",\"tags\":[\"v2\"]}"), 400, "no tags");
        assertAnswer(ask("GET", "/templates/base/tags", ""), 400, "no tags");
        assertAnswer(ask("POST", "/v2/templates/base/builds/b", "{}"), 400, "not built");
        assertAnswer(ask("PUT", "/templates", "{}"), 405, "PUT is not allowed");
    }
}
