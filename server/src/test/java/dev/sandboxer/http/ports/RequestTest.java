package dev.sandboxer.http.ports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server inside a sandbox receives of a client's request. */
class RequestTest extends ForwardingTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private volatile String seen;

    /** Answers requests without a body, and keeps their heads. */
    private void keepHeads() throws Exception {
        serve(peer -> {
            seen = peer.head();
            peer.send(OK);
            seen += peer.rest();
        });
    }

    private String exchange(String request) throws Exception {
        try (var client = gateway.connect()) {
            client.send(request);
            var answer = client.head();
            assertNothingLeft();
            inside.check();
            return answer;
        }
    }

    @Test
    void a_request_arrives_with_our_connection_and_host_and_the_clients_address() throws Exception {
        keepHeads();

        assertThat(exchange("GET /x HTTP/1.1\r\nHost: outside.test:80\r\nAccept: a\r\nX-One: 1\r\nX-One: 2\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n");

        assertThat(seen).startsWith("GET /x HTTP/1.1\r\n");
        assertThat(seen.lines().skip(1).filter(line -> !line.isEmpty()))
                .containsExactlyInAnyOrder(
                        "Host: " + Gateway.HOST,
                        "Accept: a",
                        "X-One: 1",
                        "X-One: 2",
                        "X-Forwarded-For: 127.0.0.1",
                        "X-Forwarded-Proto: http",
                        "X-Forwarded-Host: outside.test:80",
                        "Connection: close");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "x-own"})
    void any_method_is_passed_on(String method) throws Exception {
        keepHeads();

        assertThat(exchange(method + " / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(seen).startsWith(method + " / HTTP/1.1\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/?",
                "/a?b=c&d",
                "//a//b/",
                "/a/../b/./c",
                "/a/%2e%2E/%2F%5c%09",
                "/a%2Fb%2fc",
                "/a;x=1/b;y?z;w",
                "/a\\b",
                "/a|b^c`{d}\"<e>",
                "/?a=[1]&b=%20+%zz%",
                "/%u0041",
                "/\u00c3\u00a4?\u00c3\u00b6",
                "/a#b",
                "/a/..",
                "/%ff%c3?%ff",
                "/http://other/x",
                "/?http://other/#/x?y"
            })
    void a_path_arrives_byte_for_byte(String path) throws Exception {
        keepHeads();

        assertThat(exchange("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(seen).startsWith("GET " + path + " HTTP/1.1\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/..", "/a/../../b", "/%zz", "/%", "/%00"})
    void a_path_that_the_server_itself_refuses_does_not_arrive_in_another_form(String path) throws Exception {
        keepHeads();

        try (var client = gateway.connect()) {
            assertThat(client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")
                            .head())
                    .startsWith("HTTP/1.1 400 ");
        }
        assertThat(seen).isNull();
    }

    @Test
    void a_request_for_the_whole_server_is_passed_on() throws Exception {
        keepHeads();

        exchange("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(seen).startsWith("OPTIONS * HTTP/1.1\r\n");
    }

    @Test
    void an_absolute_uri_arrives_as_its_path() throws Exception {
        keepHeads();

        exchange("GET http://h/a/../b?c HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(seen).startsWith("GET /a/../b?c HTTP/1.1\r\n").contains("\r\nHost: " + Gateway.HOST + "\r\n");
    }

    @Test
    void hop_by_hop_headers_of_the_client_stay_outside() throws Exception {
        keepHeads();

        exchange("GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, X-Named, x-other\r\nX-Named: 1\r\nX-OTHER: 1\r\n"
                + "Keep-Alive: 5\r\nTE: trailers\r\nTrailer: X\r\nProxy-Authorization: x\r\nProxy-Connection: x\r\n"
                + "X-Kept: 1\r\n\r\n");
        assertThat(seen)
                .contains("\r\nX-Kept: 1\r\n", "\r\nConnection: close\r\n")
                .doesNotContainIgnoringCase("named")
                .doesNotContainIgnoringCase("x-other")
                .doesNotContainIgnoringCase("keep-alive")
                .doesNotContainIgnoringCase("TE:")
                .doesNotContainIgnoringCase("trailer")
                .doesNotContainIgnoringCase("proxy");
    }

    @Test
    void a_client_cannot_forge_its_address() throws Exception {
        keepHeads();

        exchange("GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 10.0.0.1\r\nx-forwarded-host: evil\r\n"
                + "X-FORWARDED-PROTO: https\r\nX-Forwarded-Port: 1\r\nForwarded: for=10.0.0.1\r\nX-Real-IP: 10.0.0.1\r\n"
                + "Connection: X-Forwarded-For, Host\r\n\r\n");
        assertThat(seen)
                .contains("\r\nX-Forwarded-For: 127.0.0.1\r\n", "\r\nX-Forwarded-Host: h\r\n", "\r\nHost: inside.test")
                .doesNotContain("10.0.0.1", "evil", "https", "Port", "Real");
    }

    @Test
    void our_headers_replace_the_clients_and_withheld_headers_are_removed() throws Exception {
        keepHeads();
        gateway.with(new Forwarding(
                Gateway.HOST, header -> header.is("E2b-Sandbox-Id") || header.is("cookie"), Map.of("X-Added", "ours")));

        exchange("GET / HTTP/1.1\r\nHost: h\r\nE2B-SANDBOX-ID: i1\r\nCookie: a=b\r\nx-added: theirs\r\n\r\n");
        assertThat(seen)
                .contains("\r\nX-Added: ours\r\n")
                .doesNotContain("theirs")
                .doesNotContainIgnoringCase("e2b")
                .doesNotContainIgnoringCase("cookie");
    }

    @Test
    void bytes_beyond_ascii_in_headers_arrive_as_they_are() throws Exception {
        keepHeads();

        exchange("GET / HTTP/1.1\r\nHost: h\r\nX-Bytes: \u00e4\u00ff\u0080\r\n\r\n");
        assertThat(seen).contains("\r\nX-Bytes: \u00e4\u00ff\u0080\r\n");
    }

    @Test
    void an_http_1_0_client_is_served() throws Exception {
        keepHeads();

        try (var client = gateway.connect()) {
            client.send("GET /old HTTP/1.0\r\n\r\n");
            assertThat(client.rest()).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Length: 0\r\n");
        }
        assertThat(seen).startsWith("GET /old HTTP/1.1\r\nHost: " + Gateway.HOST + "\r\n");
    }

    @Test
    void connect_is_refused() throws Exception {
        keepHeads();

        try (var client = gateway.connect()) {
            assertThat(client.send("CONNECT other:80 HTTP/1.1\r\nHost: other:80\r\n\r\n")
                            .head())
                    .startsWith("HTTP/1.1 501 ");
        }
        assertThat(gateway.thrown()).hasOnlyElementsOfType(RequestRefusedException.class);
        assertThat(seen).isNull();
    }

    @Test
    void a_head_of_many_headers_arrives_whole() throws Exception {
        keepHeads();
        var headers = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            headers.append("X-Number-")
                    .append(i)
                    .append(": ")
                    .append("v".repeat(90))
                    .append("\r\n");
        }

        exchange("GET / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
        assertThat(seen).contains(headers);
    }
}
