package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PostgresConcurrentDeliveriesTest extends ConcurrentDeliveriesContract {
    @Override
    TestDatabase database(Path home) {
        return PostgresServer.fresh();
    }

    /** On SQLite this can't happen, since nobody else writes before the transaction has ended. */
    @Test
    void an_event_whose_transaction_is_open_while_its_queue_is_emptied_is_not_forgotten() throws Exception {
        add("a1", "a");
        var added = new CountDownLatch(1);
        var adder = Thread.ofPlatform()
                .unstarted(() -> database.write(handle -> {
                    outbox.add(handle, Hub.FIN_HUB, event("a2", "a"), "a");
                    added.countDown();
                    try {
                        Thread.sleep(300); // so that the other side waits for the queue's row
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        fin.answer(id -> {
            if (id.equals("a1")) {
                adder.start();
                added.await();
            }
            return new Answer.Accepted();
        });

        deliveries.deliverDue(Duration.ofSeconds(60));
        adder.join();
        deliveries.deliverDue(Duration.ofSeconds(60));
        assertThat(fin.accepted("a")).containsExactly("a1", "a2");
    }
}
