package dev.sandboxer.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.server.it.harness.Answer;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads of ranges, and their encodings. */
class RangeIT {
    @RegisterExtension
    static final LiveServer server = new LiveServer();

    @BeforeAll
    static void put_files_there() throws IOException {
        server.sandbox().run("printf 0123456789 > /tmp/ten; touch /tmp/none; ln -s ten /tmp/link");
    }

    private static Answer get(String path, String range) throws IOException {
        return server.ask("GET /files?path=" + path + " HTTP/1.1\r\n"
                + server.sandbox().headers() + "Range: " + range + "\r\nAccept-Encoding: gzip\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0-0",
        "bytes=0-4, 01234, 0-4",
        "bytes=3-, 3456789, 3-9",
        "bytes=9-9, 9, 9-9",
        "bytes=-3, 789, 7-9",
        "bytes=-100, 0123456789, 0-9",
        "bytes=5-999999999999, 56789, 5-9",
    })
    void a_range_is_206_with_its_position(String range, String content, String place) throws IOException {
        for (String path : new String[] {"/tmp/ten", "/tmp/link"}) {
            var answer = get(path, range);
            assertThat(answer.status()).isEqualTo(206);
            assertThat(answer.body()).isEqualTo(content);
            assertThat(answer.header("Content-Range")).isEqualTo("bytes " + place + "/10");
            assertThat(answer.header("Content-Encoding")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-12", "bytes=999999999999999999-", "bytes=-0", "bytes=5-4"})
    void a_range_outside_the_file_is_416_with_the_size(String range) throws IOException {
        var answer = get("/tmp/ten", range);

        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.header("Content-Range")).isEqualTo("bytes */10");
        assertThat(get("/tmp/none", "bytes=0-").status()).isEqualTo(416);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=0-1,3-4",
                "lines=0-1",
                "bytes 0-1",
                "0-1",
                "bytes=1--2",
                "bytes=99999999999999999999-"
            })
    void an_invalid_or_multiple_range_gets_the_whole_file(String range) throws IOException {
        var answer = get("/tmp/ten", range);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers("Content-Range")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, gzip",
        "'br, GZIP;q=0.5', gzip",
        "'identity;q=0, gzip;q=1', gzip",
        "'identity;q=0, *', gzip",
        "gzip;q=0, ''",
        "'gzip;q=0.000', ''",
        "br, ''",
        "*, ''",
        "'*;q=0, identity', ''",
        "'', ''",
        "identity;q=0, 406",
        "*;q=0, 406",
        "'br, identity;q=0', 406",
        "'*, gzip;q=0, identity;q=0', 406",
    })
    void a_file_is_sent_in_an_accepted_encoding_or_refused(String accepted, String encoding) throws IOException {
        var answer = server.ask("GET /files?path=/tmp/ten HTTP/1.1\r\n"
                + server.sandbox().headers() + "Accept-Encoding: " + accepted + "\r\n\r\n");

        var refused = encoding.equals("406");
        assertThat(answer.status()).isEqualTo(refused ? 406 : 200);
        assertThat(answer.header("Content-Encoding")).isEqualTo(refused ? "" : encoding);
    }

    @Test
    void a_range_is_never_compressed_and_is_refused_without_identity() throws IOException {
        var answer = server.ask("GET /files?path=/tmp/ten HTTP/1.1\r\n"
                + server.sandbox().headers() + "Range: bytes=0-1\r\nAccept-Encoding: gzip, identity;q=0\r\n\r\n");

        assertThat(answer.status()).isEqualTo(406);
    }

    @Test
    void a_head_request_has_the_length_and_no_body() throws IOException {
        try (var client = server.connect()) {
            client.send(
                    "HEAD /files?path=/tmp/ten HTTP/1.1\r\n" + server.sandbox().headers() + "\r\n");
            var head = new Answer(client.head(), new byte[0]);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Length")).isEqualTo("10");
            // the next answer follows directly
            assertThat(client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(200);
        }
    }
}
