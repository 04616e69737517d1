package dev.sandboxer.http.ports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an HTTP/1.1 client receives of a server's response. */
class ResponseTest extends ForwardingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String HEAD = "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n";

    private static String status(int status) {
        return "HTTP/1.1 " + status + " Whatever\r\n";
    }

    @Test
    void status_and_headers_arrive_without_the_hop_by_hop_headers() throws Exception {
        serve(
                InsideServer.answering(
                        "HTTP/1.1 418 Teapot\r\nServer: mine\r\nDate: then\r\nSet-Cookie: a=1\r\n"
                                + "Set-Cookie: b=2\r\nX-Bytes: \u00e4\u00ff\r\nX-Empty:\r\nConnection: close, X-Named\r\nX-Named: 1\r\n"
                                + "Keep-Alive: 5\r\nProxy-Authenticate: Basic\r\nTrailer: X\r\nUpgrade: x\r\nContent-Length: 2\r\n\r\nhi"));

        try (var client = gateway.connect()) {
            var head = client.send(GET).head();
            assertThat(head).startsWith("HTTP/1.1 418 ");
            assertThat(head.lines().skip(1).filter(line -> !line.isEmpty()))
                    .containsExactlyInAnyOrder(
                            "Server: mine",
                            "Date: then",
                            "Set-Cookie: a=1",
                            "Set-Cookie: b=2",
                            "X-Bytes: \u00e4\u00ff",
                            "X-Empty: ",
                            "Content-Length: 2");
            assertThat(head.indexOf("a=1")).isLessThan(head.indexOf("b=2"));
            assertThat(client.read(2)).isEqualTo("hi");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
                "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello and what is not asked for"
            })
    void a_body_of_known_length_arrives_with_its_length(String response) throws Exception {
        serve(InsideServer.answering(response));

        try (var client = gateway.connect()) {
            assertThat(client.send(GET).head())
                    .contains("\r\nContent-Length: 5\r\n")
                    .doesNotContain("Transfer-");
            assertThat(client.read(5)).isEqualTo("hello");
            assertThat(client.send(GET).head())
                    .as("the next response on this connection")
                    .startsWith("HTTP/1.1 200 ");
            assertThat(client.read(5)).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=\"y\"\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
                "HTTP/1.0 200 OK\r\n\r\nhello"
            })
    void a_body_of_unknown_length_arrives_in_chunks_even_if_the_client_closes_after_it(String response)
            throws Exception {
        serve(InsideServer.answering(response));

        for (var connection : new String[] {"keep-alive", "close"}) {
            try (var client = gateway.connect()) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: " + connection + "\r\n\r\n");
                assertThat(client.head())
                        .contains("\r\nTransfer-Encoding: chunked\r\n")
                        .doesNotContain("Content-Length", "Trailer");
                assertThat(client.until("0\r\n\r\n")).isEqualTo("5\r\nhello\r\n0\r\n\r\n");
            }
        }
    }

    @Test
    void an_http_1_0_client_gets_the_body_up_to_the_end_of_the_connection() throws Exception {
        serve(InsideServer.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));

        try (var client = gateway.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.head()).doesNotContain("Transfer-Encoding");
            assertThat(client.rest()).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "200, 'Content-Length: 5', 'Content-Length: 5'",
                "200, 'X: x', 'Transfer-Encoding: chunked'",
                "200, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'",
                "404, 'Content-Length: 9', 'Content-Length: 9'"
            })
    void a_response_to_head_has_the_headers_of_a_body_and_none(int status, String sent, String arrives)
            throws Exception {
        serve(InsideServer.answering(status(status) + sent + "\r\n\r\n"));

        try (var client = gateway.connect()) {
            assertThat(client.send(HEAD).head())
                    .contains("\r\n" + arrives + "\r\n")
                    .doesNotContain("Length: 0");
            assertThat(client.send(HEAD).head())
                    .as("nothing before the next response")
                    .startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "204, 'X: x', false",
                "204, 'Content-Length: 5', false",
                "304, 'X: x', false",
                "304, 'Content-Length: 5', true"
            })
    void a_status_without_a_body_has_none(int status, String sent, boolean length) throws Exception {
        serve(InsideServer.answering(status(status) + sent + "\r\n\r\nsurplus"));

        try (var client = gateway.connect()) {
            var head = client.send(GET).head();
            assertThat(head).startsWith("HTTP/1.1 " + status + " ").doesNotContain("Transfer-Encoding");
            assertThat(head.contains("Content-Length: 5")).isEqualTo(length);
            assertThat(client.send(GET).head())
                    .as("nothing before the next response")
                    .startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void interim_responses_are_swallowed() throws Exception {
        serve(InsideServer.answering("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                + "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));

        try (var client = gateway.connect()) {
            assertThat(client.send(GET).head())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .doesNotContain("Link");
            assertThat(client.read(2)).isEqualTo("hi");
        }
    }

    @Test
    void a_head_just_within_the_limit_arrives_whole() throws Exception {
        var headers = ("X-Long: " + "v".repeat(1000) + "\r\n").repeat(64);
        serve(InsideServer.answering("HTTP/1.1 200 OK\r\n" + headers + "Content-Length: 0\r\n\r\n"));

        try (var client = gateway.connect()) {
            assertThat(client.send(GET).head()).contains(headers);
        }
    }
}
