package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.server.it.harness.Answer;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Line breaks in unexpected places, and requests with ambiguous framing. */
class InjectionIT {
    /** Appears in a head only if a line break was injected. */
    private static final String EVIL = "Evil";

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    private static void clean(Answer answer) {
        assertThat(answer.wellFormed()).as(answer.head()).isTrue();
        assertThat(answer.headers(EVIL)).isEmpty();
    }

    /** Returns all answers on one connection, until the server closes it. */
    private static List<Answer> answers(String bytes) throws IOException {
        var answers = new ArrayList<Answer>();
        try (var client = server.connect()) {
            client.send(bytes).shutdownOutput();
            while (true) {
                client.input().mark(1);
                if (client.input().read() < 0) {
                    return answers;
                }
                client.input().reset();
                answers.add(client.answer());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\nEvil: 1", "\nEvil: 1", "\rEvil: 1", "\r\n\r\nEvil: 1", "\u0000Evil: 1"})
    void escaped_line_breaks_in_paths_and_names_appear_in_no_head(String breaks) throws IOException {
        var sandbox = server.sandbox();
        var escaped = URLEncoder.encode(breaks, UTF_8).replace("+", "%20");
        for (String target : new String[] {
            "/files?path=/tmp/" + escaped,
            "/files?path=/tmp/x&username=" + escaped,
            "/sandboxes/" + escaped,
            "/" + escaped,
            "/process.Process/" + escaped,
            "/v2/sandboxes?nextToken=" + escaped + "&limit=1&state=" + escaped,
        }) {
            for (var answer : answers("GET " + target + " HTTP/1.1\r\n" + sandbox.headers() + "\r\nX")) {
                clean(answer);
                assertThat(answer.status()).as(target).isBetween(400, 499);
            }
            for (var answer :
                    answers("GET " + target + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + server.key() + "\r\n\r\n")) {
                clean(answer);
            }
        }
    }

    @Test
    void a_file_name_with_line_breaks_is_served_escaped() throws IOException {
        var name = "/tmp/a\r\nEvil: 1";
        var query = "path=" + URLEncoder.encode(name, UTF_8);
        var made = server.ask("POST /files?" + query + " HTTP/1.1\r\n"
                + server.sandbox().headers() + "Content-Type: application/octet-stream\r\nContent-Length: 2\r\n\r\nok");
        assertThat(made.status()).isEqualTo(200);
        clean(made);
        var got = server.ask(
                "GET /files?" + query + " HTTP/1.1\r\n" + server.sandbox().headers() + "\r\n");
        assertThat(got.body()).isEqualTo("ok");
        assertThat(got.header("Content-Disposition")).isEqualTo("inline; filename*=UTF-8''a%0D%0AEvil%3A%201");
        clean(got);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Metadata-a: b\rEvil: 1",
                "X-Metadata-a: b\u0000c",
                "X-Metadata-a: caf\u00e9",
                "X-Metadata-a\r: b",
                "X-Metadata-a b: c",
                "X-Metadata-: c",
                "X-Metadata-a: b\r\n Evil: 1",
            })
    void metadata_with_line_breaks_is_refused_and_nothing_is_written(String header) throws IOException {
        for (var answer : answers(
                "POST /files?path=/home/meta HTTP/1.1\r\n" + server.sandbox().headers() + header
                        + "\r\nContent-Type: application/octet-stream\r\nContent-Length: 2\r\n\r\nno")) {
            clean(answer);
            assertThat(answer.status()).isEqualTo(400);
        }
        assertThat(server.sandbox().run("ls /home/meta 2>/dev/null")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "E2b-Sandbox-Id: %s\rEvil: 1\r\nE2b-Sandbox-Port: 49983",
                "E2b-Sandbox-Id: %s%%0d%%0aEvil:1",
                "E2b-Sandbox-Id: ../%s",
                "E2b-Sandbox-Id: %s-a-b",
                "E2b-Sandbox-Id: %s\u0000",
                "E2b-Sandbox-Id: ",
                "E2b-Sandbox-Id: %s\r\nE2b-Sandbox-Port: 0",
                "E2b-Sandbox-Id: %s\r\nE2b-Sandbox-Port: 65536",
                "E2b-Sandbox-Id: %s\r\nE2b-Sandbox-Port: 4294967375",
                "E2b-Sandbox-Id: %s\r\nE2b-Sandbox-Port: -1",
                "E2b-Sandbox-Id: %s\r\nE2b-Sandbox-Port: 80\u0000",
                "E2b-Sandbox-Id: %s\r\nE2b-Sandbox-Port: \u0661\u0662",
                "E2b-Sandbox-Id: %s\r\nE2b-Sandbox-Port: 49983%%0d%%0aEvil:1",
            })
    void an_invalid_id_or_port_is_400(String headers) throws IOException {
        var sandbox = server.sandbox();
        for (var answer :
                answers("GET /health HTTP/1.1\r\nHost: h\r\n" + headers.formatted(sandbox.id()) + "\r\n\r\n")) {
            clean(answer);
            assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80-%s.a\rEvil: 1",
                "80-%s.%%0d%%0aEvil",
                "70000-%s.h",
                "0-%s.h",
                "80-%s.h:99999",
                "a b",
                "h\u0000",
                "[::1",
                "80-%s..\t"
            })
    void an_invalid_host_name_reaches_no_sandbox(String host) throws IOException {
        for (var answer : answers(
                "GET /x HTTP/1.1\r\nHost: " + host.formatted(server.sandbox().id()) + "\r\n\r\n")) {
            clean(answer);
            assertThat(answer.status()).as(answer.toString()).isIn(400, 401, 502);
        }
        server.serves(server.sandbox());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4\r\nContent-Length: 5",
                "Content-Length: 4\r\nContent-Length: 4\r\nContent-Length: 50",
                "Content-Length: 4, 50",
                "Content-Length: +4",
                "Content-Length: 0x4",
                "Content-Length: -4",
                "Content-Length: 4 4",
                "Content-Length: 99999999999999999999",
                "Content-Length: ",
                "Content-Length : 4",
                "Content-Length: 4\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 4",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity, gzip",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
                "Transfer-Encoding : chunked",
                "X: y\r\n Transfer-Encoding: chunked",
                "X: y\r\n\tContent-Length: 4",
                "Transfer-Encoding\u0000: chunked",
                "No colon",
                ": no name",
            })
    void a_request_with_ambiguous_framing_is_400_and_nothing_after_it_is_served(String headers) throws IOException {
        var smuggled = "GET /healthz HTTP/1.1\r\nHost: h\r\nX-Smuggled: 1\r\n\r\n";
        for (String target : new String[] {"/sandboxes", "/files?path=/tmp/x"}) {
            var answers = answers(
                    "POST " + target + " HTTP/1.1\r\n" + server.sandbox().headers() + "X-API-Key: " + server.key()
                            + "\r\n" + headers + "\r\n\r\n0\r\n\r\n" + smuggled);

            assertThat(answers).as(headers).hasSize(1);
            assertThat(answers.getFirst().status()).isBetween(400, 501);
            assertThat(answers.getFirst().status()).isNotEqualTo(500);
            clean(answers.getFirst());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "g\r\n0\r\n\r\n",
                "-1\r\n\r\n0\r\n\r\n",
                "0x1\r\nx\r\n0\r\n\r\n",
                "1 \r\nxy\r\n0\r\n\r\n",
                "fffffffffffffffff\r\nx",
                "100000000\r\nx",
                "1\nx\n0\n\n",
                "1\r\nxx\r\n0\r\n\r\n",
                "\r\n0\r\n\r\n",
            })
    void malformed_chunks_end_the_connection_and_nothing_after_them_is_served(String chunks) throws IOException {
        var answers = answers("POST /sandboxes HTTP/1.1\r\nHost: h\r\nX-API-Key: " + server.key()
                + "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
                + "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");

        assertThat(answers).hasSizeLessThanOrEqualTo(1);
        assertThat(answers).allMatch(answer -> answer.status() >= 400 && answer.status() < 500);
    }

    @Test
    void a_request_within_a_body_is_never_served() throws IOException {
        var inner = "DELETE /sandboxes/" + server.sandbox().id() + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + server.key()
                + "\r\n\r\n";
        var behind = "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n";
        for (String target : new String[] {"/sandboxes", "/nothing", "/files?path=/tmp/x", "/healthz"}) {
            for (String key : new String[] {server.key(), "e2b_00"}) {
                var answers = answers("POST " + target + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key
                        + "\r\nContent-Length: " + inner.length() + "\r\n\r\n" + inner + behind);

                assertThat(answers).hasSize(2);
                assertThat(answers.get(0).status()).as(target).isBetween(400, 499);
                assertThat(answers.get(1).status()).isEqualTo(200);
                assertThat(answers.get(1).body()).contains("ok");
            }
        }
        server.serves(server.sandbox());
    }

    @Test
    void pipelined_requests_are_answered_in_order() throws IOException {
        var bytes = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            bytes.append("GET /sandboxes/none" + i + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + server.key() + "\r\n\r\n");
        }
        var answers = answers(bytes.toString());

        assertThat(answers).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(answers.get(i).body()).contains("none" + i + "\\\"");
        }
    }

    @Test
    void targets_with_odd_bytes_are_handled() throws IOException {
        for (String target : new String[] {
            "/\u00ff\u00fe", "/files?path=\u00e9", "/\u0001", "/a b", "\\", "*", "http://h:x/", "//", "/%", "/%c0%ae"
        }) {
            for (var answer : answers("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")) {
                clean(answer);
                assertThat(answer.status()).as(target).isIn(400, 401, 404);
                assertThat(new String(answer.content(), ISO_8859_1)).doesNotContain("\tat ");
            }
        }
    }
}
