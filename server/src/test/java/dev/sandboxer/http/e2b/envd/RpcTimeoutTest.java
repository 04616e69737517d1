package dev.sandboxer.http.e2b.envd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.http.LiveExchange;
import dev.sandboxer.http.LiveExchange.Answer;
import dev.sandboxer.protocol.e2b.ProcessProto.ListRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.ListResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RpcTimeoutTest {
    @AutoClose
    private final LiveExchange live = new LiveExchange();

    private final AtomicBoolean called = new AtomicBoolean();

    @Test
    void a_unary_call_refuses_a_malformed_timeout_before_it_begins() {
        for (String timeout : new String[] {"soon", "-1", "1.5", "0x10", "12345678901", "5s"}) {
            var answer = call("Connect-Timeout-Ms: " + timeout + "\r\n");
            assertThat(answer.status()).as(timeout).isEqualTo(400);
            assertThat(answer.body()).as(timeout).contains("\"code\":\"invalid_argument\"", "Connect-Timeout-Ms");
            assertThat(called).as(timeout).isFalse();
        }
    }

    @Test
    void a_unary_call_is_answered_whatever_its_timeout() {
        for (String header : new String[] {"", "Connect-Timeout-Ms: 60000\r\n", "Connect-Timeout-Ms: 0\r\n"}) {
            assertThat(call(header).status()).as(header).isEqualTo(200);
            assertThat(called.getAndSet(false)).as(header).isTrue();
        }
    }

    private Answer call(String header) {
        return live.answer(
                exchange -> new Rpc(exchange, null).unary(ListRequest.getDefaultInstance(), request -> {
                    called.set(true);
                    return ListResponse.getDefaultInstance();
                }),
                "POST /process.Process/List HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + header
                        + "Content-Length: 2\r\nConnection: close\r\n\r\n{}");
    }
}
