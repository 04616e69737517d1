package dev.sandboxer.http.ports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 clients of servers that know only HTTP/1.1. */
class Http2Test extends ForwardingTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final Semaphore turn = new Semaphore(0);
    private volatile String seen;
    private Http2Peer client;

    @Override
    void serve(InsideServer.Script script) throws Exception {
        super.serve(script);
        client = gateway.connectHttp2();
    }

    /** Serves a request and keeps its head and body. */
    private void keep() throws Exception {
        serve(peer -> {
            var head = peer.head();
            var text = new StringBuilder(head);
            var body = new RequestBody(peer, head);
            for (var piece = body.next(); piece != null; piece = body.next()) {
                text.append(new String(piece, ISO_8859_1));
            }
            seen = text.toString();
            peer.send(OK);
            seen += peer.rest();
        });
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void a_request_is_translated() throws Exception {
        keep();
        var headers = HttpFields.build()
                .add("Cookie", "a=1; b=2")
                .add("TE", "trailers")
                .add("Cookie", "c=3")
                .add("x-forwarded-for", "10.0.0.1");

        var call = client.call("GET", "/a/../b;c%2F?d=%20&e#f", headers, true);

        assertThat(call.head().getStatus()).isEqualTo(200);
        assertThat(call.rest()).isEqualTo("ok[end]");
        assertNothingLeft();
        assertThat(seen).startsWith("GET /a/../b;c%2F?d=%20&e#f HTTP/1.1\r\n");
        assertThat(seen.lines().skip(1).filter(line -> !line.isEmpty()))
                .containsExactlyInAnyOrder(
                        "Host: " + Gateway.HOST,
                        "Cookie: a=1; b=2; c=3",
                        "X-Forwarded-For: 127.0.0.1",
                        "X-Forwarded-Proto: http",
                        "X-Forwarded-Host: outside.test",
                        "Connection: close");
    }

    @Test
    void a_body_of_announced_length_keeps_its_length() throws Exception {
        keep();

        var call = client.call("POST", "/", HttpFields.build().add("content-length", "6"), false);
        call.send("one", false).send("two", true);

        assertThat(call.head().getStatus()).isEqualTo(200);
        assertThat(seen).contains("\r\nContent-Length: 6\r\n").endsWith("\r\n\r\nonetwo");
    }

    @Test
    void a_body_of_unknown_length_goes_in_chunks() throws Exception {
        keep();

        var call = client.call("POST", "/", HttpFields.EMPTY, false)
                .send("one", false)
                .send("two", true);

        assertThat(call.head().getStatus()).isEqualTo(200);
        assertThat(seen).contains("\r\nTransfer-Encoding: chunked\r\n").endsWith("\r\n\r\nonetwo");
    }

    @ParameterizedTest
    @CsvSource({"3, abcd", "3, abcGET / HTTP/1.1", "9, abc"})
    void a_body_of_another_length_than_announced_never_looks_complete(int announced, String sent) throws Exception {
        serve(peer -> {
            peer.head();
            turn.release();
            seen = peer.restAndEnd();
        });

        var headers = HttpFields.build().add("content-length", Integer.toString(announced));
        var call = client.call("POST", "/", headers, false);
        turn.acquire();
        call.send(sent, true);

        assertThat(call.rest()).isEqualTo("[reset]");
        assertNothingLeft();
        inside.check();
        assertThat(seen.replaceFirst("\\[(end|reset)]$", "")).hasSizeLessThan(announced);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-a\r\nx-b|x",
                "x-a: x\r\nx-b|x",
                "transfer-encoding |chunked",
                "x y|z",
                "x:y|z",
                "|z",
                "x|y\r\nEvil: 1",
                "x|y\nEvil: 1",
                "x|y\u0000z",
                "x|y\u007fz",
                "connection|x-evil",
                "transfer-encoding|chunked",
                "upgrade|websocket",
                "keep-alive|1",
                "proxy-connection|x"
            })
    void a_header_that_http1_cannot_carry_never_arrives_as_something_else(String header) throws Exception {
        keep();
        var name = header.substring(0, header.indexOf('|'));
        var value = header.substring(header.indexOf('|') + 1);

        var call = client.call("GET", "/", HttpFields.build().add(name, value), true);
        outcome(call);

        if (seen != null) {
            assertThat(seen.lines().skip(1).filter(line -> !line.isEmpty()))
                    .allMatch(line -> line.matches("(Host|X-Forwarded-\\w+|Connection): .*"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nEvil: 1\r\n\r\nGET", "G ET", "GET\r\n", "\u0000"})
    void an_invalid_method_never_arrives(String method) throws Exception {
        keep();

        outcome(client.call(method, "/", HttpFields.EMPTY, true));

        assertThat(seen).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ HTTP/1.1\r\nEvil: 1\r\n\r\n", "/a b", "/a\tb", "/\u0000", "/a\r\n"})
    void an_invalid_path_never_arrives(String path) throws Exception {
        keep();

        outcome(client.call("GET", path, HttpFields.EMPTY, true));

        assertThat(seen).isNull();
    }

    /** Waits until the request is refused or answered; the result does not matter. */
    private void outcome(Http2Peer.Call call) throws Exception {
        var first = call.next();
        if (first instanceof MetaData.Response) {
            call.rest();
        }
        assertNothingLeft();
    }

    @Test
    void connect_is_not_forwarded() throws Exception {
        serve(peer -> seen = peer.head());

        var call = client.call("CONNECT", "/", HttpFields.EMPTY, true);
        outcome(call);

        assertThat(seen).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 10\r\n\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nx"
            })
    void a_response_that_breaks_off_is_reset(String headAndBody) throws Exception {
        serve(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\n" + headAndBody);
            turn.acquire();
        });

        var call = client.get();
        assertThat(call.head().getStatus()).isEqualTo(200);
        assertThat(call.piece()).isEqualTo("hello");
        turn.release();
        assertThat(call.piece()).isEqualTo("[reset]");
    }

    @Test
    void a_response_is_translated() throws Exception {
        serve(InsideServer.answering("HTTP/1.1 404 Nothing\r\nX-Bytes: \u00e4\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
                + "Connection: keep-alive\r\nKeep-Alive: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"));

        var call = client.get();
        var head = call.head();
        assertThat(head.getStatus()).isEqualTo(404);
        assertThat(head.getHttpVersion()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(head.getHttpFields().getValuesList("set-cookie")).containsExactly("a", "b");
        assertThat(head.getHttpFields().get("x-bytes")).isEqualTo("\u00e4");
        assertThat(head.getHttpFields().getFieldNamesCollection())
                .doesNotContain("connection", "keep-alive", "transfer-encoding");
        assertThat(call.rest()).isEqualTo("hi[end]");
    }

    @Test
    void a_long_head_arrives_whole() throws Exception {
        serve(InsideServer.answering(
                "HTTP/1.1 200 OK\r\nX-Long: " + "v".repeat(60_000) + "\r\nContent-Length: 0\r\n\r\n"));

        assertThat(client.get().head().getHttpFields().get("x-long")).hasSize(60_000);
    }

    @Test
    void events_arrive_one_by_one() throws Exception {
        serve(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\n\r\n");
            for (int i = 0; i < 5; i++) {
                turn.acquire();
                peer.send("data: " + i + "\n\n");
            }
        });

        var call = client.get();
        assertThat(call.head().getStatus()).isEqualTo(200);
        for (int i = 0; i < 5; i++) {
            turn.release();
            assertThat(call.piece()).isEqualTo("data: " + i + "\n\n");
        }
        assertThat(call.piece()).isEqualTo("[end]");
    }

    @Test
    void silence_for_longer_than_the_servers_idle_time_out_ends_nothing() throws Exception {
        var late = new CountDownLatch(1);
        serve(peer -> {
            peer.head();
            late.await();
            peer.send("HTTP/1.1 200 OK\r\n\r\n");
            turn.acquire();
            peer.send("end");
        });
        gateway.withIdleTimeout(Duration.ofMillis(300));

        var call = client.get();
        letTimeOutsPass(); // several time-outs, so that the response coincides with the end of one
        late.countDown();
        assertThat(call.head().getStatus()).isEqualTo(200);
        letTimeOutsPass();
        turn.release();
        assertThat(call.rest()).isEqualTo("end[end]");
    }

    @Test
    void a_cancelled_request_is_cancelled_inside_and_the_others_go_on() throws Exception {
        serve(peer -> {
            if (peer.head().startsWith("GET /other ")) {
                turn.acquire();
                peer.send(OK);
                return;
            }
            peer.send("HTTP/1.1 200 OK\r\n\r\n");
            seen = peer.restAndEnd();
        });

        var other = client.call("GET", "/other", HttpFields.EMPTY, true);
        var call = client.get();
        assertThat(call.head().getStatus()).isEqualTo(200);
        call.cancel();
        await().atMost(PATIENCE).until(() -> seen != null);
        turn.release();
        assertThat(other.head().getStatus()).isEqualTo(200);
        assertThat(other.rest()).isEqualTo("ok[end]");
    }
}
