package dev.sandboxer.http.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** Base of tests with a gateway and a server behind it. Checks that nothing is left open after a test. */
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

    /** Lets several time-outs of 300 ms pass. It only sleeps, because the absence of a time-out can't be awaited. */
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
