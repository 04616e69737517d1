package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.server.it.harness.Answer;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads of multipart forms. */
class MultipartIT {
    private static final String FORM = "multipart/form-data; boundary=";

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    @AfterEach
    void clear() throws IOException {
        server.sandbox().run("rm -rf /tmp/*");
    }

    private static String part(String disposition, String content) {
        return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
    }

    private static String head(String query, String type, int length) {
        return "POST /files" + query + " HTTP/1.1\r\n" + server.sandbox().headers() + "Content-Type: " + type
                + "\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static Answer post(String query, String type, String body) throws IOException {
        return server.ask(head(query, type, body.getBytes(ISO_8859_1).length) + body);
    }

    private static Answer post(String query, String body) throws IOException {
        return post(query, FORM + "b", body);
    }

    private static String tmp() throws IOException {
        return server.sandbox().run("cd /tmp; find . -type f | sort | while read f; do echo $f $(cat $f); done");
    }

    @Test
    void each_part_named_file_is_written_under_its_full_file_name() throws IOException {
        var answer = post(
                "",
                part("name=\"file\"; filename=\"/tmp/a/b.txt\"", "one")
                        + part("name=\"other\"; filename=\"/tmp/c\"", "ignored")
                        + part("name=\"file\"; filename=\"/tmp/d\"", "")
                        + part("filename=/tmp/e; name=file", "three") + "--b--\r\nepilogue");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(LiveServer.JSON.readTree(answer.body()).findValuesAsString("path"))
                .containsExactly("/tmp/a/b.txt", "/tmp/d", "/tmp/e");
        assertThat(tmp()).isEqualTo("./a/b.txt one\n./d\n./e three\n");
    }

    @Test
    void the_path_of_the_query_overrides_the_file_name_and_takes_one_file() throws IOException {
        assertThat(post("?path=/tmp/q", part("name=\"file\"; filename=\"/tmp/p\"", "one") + "--b--")
                        .status())
                .isEqualTo(200);
        var twice = post(
                "?path=/tmp/r",
                part("name=\"file\"; filename=\"/tmp/p\"", "one") + part("name=\"file\"; filename=\"/tmp/p2\"", "two")
                        + "--b--");

        assertThat(twice.status()).isEqualTo(400);
        assertThat(twice.body()).contains("/tmp/r").contains("twice");
        assertThat(tmp()).doesNotContain("two").doesNotContain("./p");
    }

    @ParameterizedTest
    @CsvSource({
        "m4, /home/user/m4",
        "/home/user/m4, m4",
        "~/m4, m4",
        "m4, ~/m4",
        "/home/user/./m4, /home/user//m4",
        "m4, x/../m4",
    })
    void the_same_path_in_two_spellings_is_refused(String one, String other) throws IOException {
        var answer = post(
                "",
                part("name=\"file\"; filename=\"" + one + "\"", "one")
                        + part("name=\"file\"; filename=\"" + other + "\"", "two") + "--b--");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.body()).contains(other).contains("twice");
        assertThat(server.sandbox().run("cd; cat m4; rm m4")).isEqualTo("one");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"\"",
                "multipart/mixed; boundary=b",
                "text/plain",
            })
    void a_form_without_a_boundary_or_of_another_kind_is_400(String type) throws IOException {
        var answer = post("?path=/tmp/x", type, part("name=\"file\"; filename=\"x\"", "one") + "--b--\r\n");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(tmp()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--b",
                "--b--\r\n",
                "no boundary at all",
                "--b\r\n",
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"/tmp/x\"",
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"/tmp/x\"\r\n\r\n",
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"/tmp/x\"\r\n\r\nnever closed",
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"/tmp/x\"\r\n\r\nhalf\r\n--",
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"/tmp/x\"\r\n\r\nother\r\n--c--\r\n",
                "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nno name\r\n--b--\r\n",
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\nno name\r\n--b--\r\n",
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"/tmp/x\\\"\r\n\r\nopen\r\n--b--\r\n",
                "--b\r\nno colon\r\n\r\nx\r\n--b--\r\n",
                "--b\r\n: no name\r\n\r\nx\r\n--b--\r\n",
                "--b\r\n\r\nno head\r\n--b--\r\n",
            })
    void a_malformed_form_is_400_and_leaves_no_file(String body) throws IOException {
        var answer = post("", body);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        // the sandbox deletes the incomplete file when its connection ends, a moment after the answer
        await().atMost(Duration.ofSeconds(30)).until(() -> tmp().isEmpty());
    }

    @Test
    void names_with_quotes_escapes_and_non_ascii_letters_are_read_correctly() throws IOException {
        var names = new String[][] {
            {"filename=\"/tmp/a\\\"b\"", "a\"b"},
            // Node's fetch and Python's httpx send this for c"d and for c%22d alike
            {"filename=\"/tmp/c%22d\"", "c%22d"},
            {"filename=\"/tmp/e%41f\"", "e%41f"},
            // one backslash, as sent by Node's fetch and by httpx
            {"filename=\"/tmp/a\\b.txt\"", "a\\b.txt"},
            {"filename=\"/tmp/a\\\\b.txt\"", "a\\b.txt"},
            {"filename=\"/tmp/g; name=h\"", "g; name=h"},
            {"filename*=UTF-8''%2Ftmp%2Fi%20%C3%A9", "i \u00e9"},
            {"filename=\"/tmp/wrong\"; filename*=UTF-8''%2Ftmp%2Fright", "right"},
        };
        for (var name : names) {
            var answer = post("", part("name=\"file\"; " + name[0], "x") + "--b--\r\n");
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(server.sandbox().run("ls /tmp; rm -rf /tmp/*")).isEqualTo(name[1] + "\n");
        }
    }

    @Test
    void a_boundary_can_arrive_in_pieces_and_similar_text_is_content() throws Exception {
        var content = "\r\n--b\r\r\n--\r\n-b\r\n--bb".replace("--b\r", "--a\r").replace("--bb", "--ab");
        var body = part("name=\"file\"; filename=\"/tmp/x\"", content) + "--b--\r\n";
        for (int size = 1; size < 12; size++) {
            try (var client = server.connect()) {
                client.send(head("", FORM + "b", body.length()));
                for (int at = 0; at < body.length(); at += size) {
                    client.send(body.substring(at, Math.min(body.length(), at + size)));
                }
                assertThat(client.answer().status()).isEqualTo(200);
            }
            var got = server.ask(
                    "GET /files?path=/tmp/x HTTP/1.1\r\n" + server.sandbox().headers() + "\r\n");
            assertThat(got.body()).as("pieces of %d", size).isEqualTo(content);
        }
    }

    @Test
    void a_form_longer_than_one_buffer_is_written_whole() throws IOException {
        var content = new StringBuilder();
        for (int i = 0; content.length() < 300_000; i++) {
            content.append("line ").append(i).append("\r\n--\r\n");
        }
        assertThat(post("", part("name=\"file\"; filename=\"/tmp/x\"", content.toString()) + "--b--\r\n")
                        .status())
                .isEqualTo(200);
        var got = server.ask(
                "GET /files?path=/tmp/x HTTP/1.1\r\n" + server.sandbox().headers() + "\r\n");
        assertThat(got.content()).isEqualTo(content.toString().getBytes(UTF_8));
    }
}
