package dev.sandboxer.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HttpExchangeTest {
    private static LiveExchange live;

    @BeforeAll
    static void open() {
        live = new LiveExchange();
    }

    @AfterAll
    static void close() {
        live.close();
    }

    @Test
    void a_body_announced_to_be_too_long_is_refused_before_it_arrives() {
        var answer = live.answer(
                exchange -> {
                    try {
                        exchange.body();
                    } catch (SandboxException e) {
                        exchange.empty(e.code().httpStatus());
                    }
                },
                "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 8388609\r\n\r\n");

        assertThat(answer.status()).isEqualTo(413);
    }

    @Test
    void the_path_is_as_it_was_sent() {
        for (String path : List.of("/", "/a/../b", "//x", "/a;b=c/d", "/a%2Fb", "/a+b")) {
            assertThat(live.get(path + "?q=1", HttpExchange::path)).isEqualTo(path);
        }
    }

    @Test
    void queries_are_decoded_and_keep_their_order() {
        var target = "/?a=1&b=%26%3D&a=2&c&d=&e=x=y&%66=g+h&";

        assertThat(live.<List<String>>get(target, exchange -> exchange.queries("a")))
                .containsExactly("1", "2");
        assertThat(query(target, "a")).isEqualTo("1");
        assertThat(query(target, "b")).isEqualTo("&=");
        assertThat(query(target, "c")).isEmpty();
        assertThat(query(target, "d")).isEmpty();
        assertThat(query(target, "e")).isEqualTo("x=y");
        assertThat(query(target, "f")).isEqualTo("g h");
        assertThat(query(target, "z")).isNull();
        assertThat(query("/", "a")).isNull();
    }

    @Test
    void a_malformed_escape_in_a_query_is_the_callers_fault() {
        for (String query : List.of("a=%", "a=%zz", "%=1", "a=1&b=%2")) {
            assertThatThrownBy(() -> live.get("/?" + query, exchange -> exchange.query("a")))
                    .as(query)
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
    }

    @Test
    void an_empty_body_counts_as_an_empty_object() {
        var answer = live.answer(
                exchange -> exchange.json(200, exchange.json(Map.class)),
                "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{}");
    }

    @Test
    void an_unhandled_failure_is_a_500_without_details() {
        var answer = live.answer(
                exchange -> {
                    throw new IllegalStateException("secret detail");
                },
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).isEqualTo("{\"code\":500,\"message\":\"internal error\"}");
    }

    @Test
    void a_failure_in_the_middle_of_an_answer_cuts_the_connection() {
        var answer = live.answer(
                exchange -> {
                    exchange.stream(200, "text/plain").write("begun".getBytes(UTF_8));
                    throw new AnswerCutException("gone", new IllegalStateException());
                },
                "GET / HTTP/1.1\r\nHost: h\r\n\r\n");

        assertThat(answer.head()).containsIgnoringCase("Transfer-Encoding: chunked");
        assertThat(answer.body()).contains("begun").doesNotEndWith("0\r\n\r\n");
    }

    @Test
    void every_answer_has_its_own_id_and_no_server_version() {
        var request = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
        var first = live.answer(exchange -> exchange.empty(204), request);
        var second = live.answer(exchange -> exchange.empty(204), request);

        assertThat(first.head()).containsPattern("X-Request-Id: [0-9a-f]{16}").doesNotContain("Server:");
        assertThat(second.head()).isNotEqualTo(first.head());
    }

    private static @Nullable String query(String target, String name) {
        return live.get(target, exchange -> exchange.query(name));
    }
}
