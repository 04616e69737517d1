package dev.sandboxer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ListenTest {
    @Test
    void a_host_and_a_port_are_parsed() {
        assertThat(Listen.parse("127.0.0.1:7070")).isEqualTo(new Listen("127.0.0.1", 7070));
        assertThat(Listen.parse("localhost:0")).isEqualTo(new Listen("localhost", 0));
        assertThat(Listen.parse("[::1]:65535")).isEqualTo(new Listen("[::1]", 65_535));
        assertThat(Listen.parse("box-1.example_net:80").host()).isEqualTo("box-1.example_net");
    }

    @Test
    void a_written_address_is_parsed_again() {
        for (String text : new String[] {"127.0.0.1:7070", "[fe80::1]:1", "host:65535"}) {
            assertThat(Listen.parse(text)).hasToString(text);
        }
    }

    @Test
    void any_other_text_is_refused_with_the_expected_form() {
        for (String text : new String[] {
            "",
            ":",
            "7070",
            ":7070",
            "host",
            "host:",
            "host:-1",
            "host:65536",
            "host:99999",
            "host:123456",
            "::1:80",
            "http://host:80",
            "host:80/",
            " host:80",
            "host:80\n",
            "ho st:80",
            "[::1:80",
            "host:８０"
        }) {
            assertFails(ErrorCode.INVALID_ARGUMENT, () -> Listen.parse(text))
                    .as(text)
                    .hasMessageContaining("expected HOST:PORT");
        }
    }

    @Test
    void an_address_in_use_or_of_another_host_is_refused_with_advice() {
        try (var first = server(new Listen("127.0.0.1", 0))) {
            first.start();
            assertFails(ErrorCode.LISTEN_FAILED, server(new Listen("127.0.0.1", first.port()))::start)
                    .hasMessageContaining("127.0.0.1:" + first.port())
                    .hasMessageContaining("--listen");
        }
        assertFails(ErrorCode.LISTEN_FAILED, server(new Listen("203.0.113.1", 0))::start)
                .hasMessageContaining("203.0.113.1:0")
                .hasMessageContaining("--listen");
    }

    private static HttpServer server(Listen listen) {
        return new HttpServer(listen, exchange -> exchange.empty(204), new PrometheusRegistry(), Duration.ZERO);
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertFails(
            ErrorCode code, ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
