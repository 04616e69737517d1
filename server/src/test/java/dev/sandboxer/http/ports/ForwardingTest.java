package dev.sandboxer.http.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** Tests with a gateway and a server behind it, which check that nothing is left open. */
abstract class ForwardingTest {
    static final Duration PATIENCE = Duration.ofMinutes(1);

    InsideServer inside;
    Gateway gateway;

    void serve(InsideServer.Script script) throws Exception {
        inside = new InsideServer(script);
        gateway = new Gateway(inside);
    }

    void assertNothingLeft() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(gateway.forwarding())
                    .as("requests still being forwarded")
                    .isZero();
            assertThat(gateway.open()).as("connections still open").isZero();
        });
    }

    /** Lets several time-outs of 300 ms pass. A time-out that doesn't happen can't be awaited, so this only takes time. */
    static void letTimeOutsPass() throws InterruptedException {
        assertThat(new CountDownLatch(1).await(1200, TimeUnit.MILLISECONDS)).isFalse();
    }

    @AfterEach
    void stop() throws Exception {
        if (gateway != null) {
            try {
                assertNothingLeft();
            } finally {
                gateway.stop();
                inside.close();
            }
        }
    }
}
