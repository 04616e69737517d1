package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.server.it.harness.Answer;
import dev.sandboxer.server.it.harness.ConnectStream;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that exceed a limit. */
class OversizedIT {
    private static final int MIB = 1 << 20;

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    @AfterEach
    void still_serves() throws IOException {
        server.serves(server.sandbox());
    }

    private static Answer ask(String head, byte[] body) throws IOException {
        try (var client = server.connect()) {
            return client.send(head).trySend(body).answer();
        }
    }

    @Test
    void a_request_line_or_header_beyond_32_KiB_is_refused() throws IOException {
        var long_ = "x".repeat(40_000);
        var line = ask("GET /" + long_ + " HTTP/1.1\r\nHost: h\r\n\r\n", new byte[0]);
        var header = ask("GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + long_ + "\r\n\r\n", new byte[0]);
        var name = ask("GET / HTTP/1.1\r\nHost: h\r\n" + long_ + ": x\r\n\r\n", new byte[0]);

        assertThat(line.status()).isIn(414, 431);
        assertThat(header.status()).isEqualTo(431);
        assertThat(name.status()).isEqualTo(431);
        assertThat(header.body()).isEqualTo("{\"code\":431,\"message\":\"the head of the request is too long\"}");
    }

    @Test
    void a_head_without_end_is_refused_or_cut() throws IOException {
        var piece = new byte[64 << 10];
        Arrays.fill(piece, (byte) 'x');
        try (var client = server.connect()) {
            client.send("GET /");
            for (int i = 0; i < 1000; i++) {
                client.trySend(piece);
            }
            assertThat(client.rest()).doesNotContain(" 200 ").doesNotContain(" 500 ");
        }
    }

    @Test
    void ten_thousand_headers_are_refused() throws IOException {
        var answer = ask("GET / HTTP/1.1\r\nHost: h\r\n" + "X: y\r\n".repeat(10_000), new byte[0]);

        assertThat(answer.status()).isEqualTo(431);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: %d\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n%x\r\n"})
    void a_json_body_beyond_8_MiB_is_refused_with_413(String framing) throws IOException {
        var head = "POST /sandboxes HTTP/1.1\r\nHost: h\r\nX-API-Key: " + server.key()
                + "\r\nContent-Type: application/json\r\n" + framing.formatted(9 * MIB);

        assertThat(ask(head, new byte[9 * MIB]).status()).isEqualTo(413);
    }

    @Test
    void a_unary_call_beyond_8_MiB_is_refused_in_connects_form() throws IOException {
        var head = server.sandbox().post("filesystem.Filesystem/Stat", "application/json") + "Content-Length: "
                + 9 * MIB + "\r\n\r\n";
        var answer = ask(head, new byte[9 * MIB]);

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.body()).contains("\"code\":\"resource_exhausted\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {9 * MIB, Integer.MAX_VALUE, -1})
    void a_message_announced_to_be_too_long_is_refused_before_it_arrives(int length) throws IOException {
        var frame = ByteBuffer.allocate(5).put((byte) 0).putInt(length).array();
        var answer = ask(
                server.sandbox().post("process.Process/Start", ConnectStream.TYPE)
                        + "Transfer-Encoding: chunked\r\n\r\n5\r\n",
                frame);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"code\":\"resource_exhausted\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Long: %s", "Content-Disposition: form-data; name=\"file\"; filename=\"%s\"", "%s: x"})
    void a_head_of_a_part_beyond_16_KiB_is_refused(String header) throws IOException {
        var body = "--b\r\n" + header.formatted("x".repeat(20_000)) + "\r\n\r\ncontent\r\n--b--\r\n";
        var answer = ask(
                "POST /files?path=/tmp/part HTTP/1.1\r\n" + server.sandbox().headers()
                        + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + body.length()
                        + "\r\n\r\n",
                body.getBytes(ISO_8859_1));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(server.sandbox().run("ls -A /tmp")).isEmpty();
    }

    @Test
    void a_gzip_bomb_is_507_and_fills_neither_memory_nor_disk() throws IOException {
        var unpacked = 512L * MIB;
        assertThat(Runtime.getRuntime().maxMemory()).as("the heap of this test").isLessThan(unpacked);
        var bomb = bomb(unpacked);
        var small = server.create("{\"templateID\":\"small\",\"timeout\":900}");
        var answer = ask(
                "POST /files?path=/tmp/bomb HTTP/1.1\r\n" + small.headers()
                        + "Content-Type: application/octet-stream\r\nContent-Encoding: gzip\r\nContent-Length: "
                        + bomb.length + "\r\n\r\n",
                bomb);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(507);
        assertThat(small.run("ls -A /tmp; head -c 10M /dev/zero > /tmp/room && echo room"))
                .isEqualTo("room\n");
    }

    @Test
    void a_gzip_bomb_in_a_message_is_not_unpacked() throws IOException {
        var frame = ConnectStream.frame(1, bomb(64L * MIB));
        for (String encoding : new String[] {"", "Connect-Content-Encoding: gzip\r\n"}) {
            var answer = ask(
                    server.sandbox().post("process.Process/Start", ConnectStream.TYPE) + encoding + "Content-Length: "
                            + frame.length + "\r\n\r\n",
                    frame);

            assertThat(answer.body()).contains("\"error\"").doesNotContain("internal");
        }
        var packed = bomb(64L * MIB);
        var unary = ask(
                server.sandbox().post("filesystem.Filesystem/Stat", "application/json")
                        + "Content-Encoding: gzip\r\nContent-Length: " + packed.length + "\r\n\r\n",
                packed);
        assertThat(unary.status()).isEqualTo(400);
        assertThat(unary.body()).contains("\"code\":\"invalid_argument\"");
    }

    @Test
    void a_deeply_nested_or_very_wide_message_is_an_invalid_argument() throws IOException {
        for (String json : new String[] {
            "[".repeat(100_000),
            "{\"path\":" + "[".repeat(1000) + "]".repeat(1000) + "}",
            "{\"depth\":" + "9".repeat(2000) + "}"
        }) {
            var answer = server.sandbox().unary("filesystem.Filesystem/ListDir", json);
            assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
            assertThat(answer.content().length).isLessThan(2000);
        }
    }

    private static byte[] bomb(long length) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes, MIB)) {
            var zeros = new byte[MIB];
            for (long left = length; left > 0; left -= zeros.length) {
                gzip.write(zeros);
            }
        }
        return bytes.toByteArray();
    }
}
