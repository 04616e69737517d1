package dev.sandboxer.http.e2b.envd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.session.FileEvent;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchersTest {
    private static final int MOST = 64;
    private static final int THREADS = 16;
    private static final int ROUNDS = 50;

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private final AtomicInteger open = new AtomicInteger();

    /** A watch without events. */
    private final class QuietWatch implements FileWatch {
        QuietWatch() {
            open.incrementAndGet();
        }

        @Override
        public @Nullable FileEvent next(@Nullable Duration timeout) {
            return null;
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }

    @Test
    void watchers_that_are_added_at_the_same_time_stay_within_the_limit() throws Exception {
        var installation = new TestInstallation(home);
        try (var process = installation.start();
                var threads = Executors.newFixedThreadPool(THREADS)) {
            var sandbox = process.sandboxes()
                    .create(CreateSandbox.of(TestInstallation.ME, installation.profile())
                            .build());
            for (int i = 0; i < ROUNDS; i++) {
                try (var watchers = new Watchers()) {
                    for (int j = 0; j < MOST - 1; j++) {
                        watchers.add(sandbox, new QuietWatch());
                    }
                    var together = new CountDownLatch(THREADS);
                    var added = new ArrayList<Future<Boolean>>();
                    for (int j = 0; j < THREADS; j++) {
                        added.add(threads.submit(() -> {
                            together.countDown();
                            together.await();
                            return isAdded(watchers, sandbox);
                        }));
                    }
                    var count = 0;
                    for (Future<Boolean> one : added) {
                        count += one.get() ? 1 : 0;
                    }
                    assertThat(count).isOne();
                    assertThat(open).as("a refused watch is closed").hasValue(MOST);
                }
                assertThat(open).hasValue(0);
            }
        }
    }

    private boolean isAdded(Watchers watchers, Sandbox sandbox) {
        try {
            watchers.add(sandbox, new QuietWatch());
            return true;
        } catch (ConnectException e) {
            assertThat(e.code()).isEqualTo(ConnectCode.RESOURCE_EXHAUSTED);
            return false;
        }
    }
}
