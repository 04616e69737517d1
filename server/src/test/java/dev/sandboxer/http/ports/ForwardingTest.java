package dev.sandboxer.http.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A gateway, a server behind it, and the promise that nothing is left open. */
abstract class ForwardingTest {
    static final Duration PATIENCE = Duration.ofMinutes(1);

    InsideServer inside;
    Gateway gateway;

    void serve(InsideServer.Script script) throws Exception {
        inside = new InsideServer(script);
        gateway = new Gateway(inside);
    }

    void nothingIsLeft() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(gateway.forwarding())
                    .as("requests still being forwarded")
                    .isZero();
            assertThat(gateway.open()).as("connections still open").isZero();
        });
    }

    /** Lets several time-outs of 300 ms go by. No event tells that one has not come, so this waits for nothing. */
    static void letTimeOutsPass() throws InterruptedException {
        assertThat(new CountDownLatch(1).await(1200, TimeUnit.MILLISECONDS)).isFalse();
    }

    @AfterEach
    void stop() throws Exception {
        if (gateway != null) {
            try {
                nothingIsLeft();
            } finally {
                gateway.stop();
                inside.close();
            }
        }
    }
}
