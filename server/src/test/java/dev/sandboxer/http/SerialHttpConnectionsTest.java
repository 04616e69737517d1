package dev.sandboxer.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lets another thread answer a malformed head before the thread that read the head continues. */
class SerialHttpConnectionsTest {
    private static final Set<Thread.State> STANDING =
            Set.of(Thread.State.WAITING, Thread.State.BLOCKED, Thread.State.TERMINATED);

    /** True while the thread that reads a malformed head is blocked. */
    private volatile boolean held;

    private final AtomicInteger heldOnce = new AtomicInteger();
    private final List<String> overlaps = new CopyOnWriteArrayList<>();
    private final Server server = new Server(new AnswersFirst());

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void no_other_thread_reads_into_a_buffer_that_is_still_in_use() throws Exception {
        var connector = new WatchedConnector();
        server.addConnector(connector);
        server.start();

        try (var client = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
            var out = client.getOutputStream();
            out.write(("GET /" + "x".repeat(100_000)).getBytes(StandardCharsets.US_ASCII));
            out.flush();
            var answer = new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(answer).isEqualTo("HTTP/1.1 414");
        }

        assertThat(heldOnce).hasValue(1);
        assertThat(overlaps).isEmpty();
    }

    /** Answers a malformed head, and lets the connection continue reading, before the thread that read the head continues. */
    private final class AnswersFirst extends QueuedThreadPool {
        private volatile Thread next = Thread.currentThread();

        @Override
        public boolean tryExecute(Runnable task) {
            if (!isReading() || heldOnce.getAndIncrement() > 0) {
                return super.tryExecute(task);
            }
            held = true;
            task.run();
            while (!STANDING.contains(next.getState())) {
                Thread.onSpinWait();
            }
            held = false;
            return true;
        }

        @Override
        public void execute(Runnable task) {
            if (held && task instanceof HttpConnection) {
                next = Thread.ofPlatform().start(task);
            } else {
                super.execute(task);
            }
        }

        private static boolean isReading() {
            return StackWalker.getInstance()
                    .walk(frames ->
                            frames.anyMatch(frame -> frame.getMethodName().equals("badMessage")));
        }
    }

    private final class WatchedConnector extends ServerConnector {
        WatchedConnector() {
            super(server, 1, 1, new SerialHttpConnections(new HttpConfiguration()));
            setHost(InetAddress.getLoopbackAddress().getHostAddress());
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            return new SocketChannelEndPoint(channel, selector, key, getScheduler()) {
                @Override
                public int fill(ByteBuffer buffer) throws IOException {
                    if (held) {
                        overlaps.add(Thread.currentThread().getName());
                    }
                    return super.fill(buffer);
                }
            };
        }
    }
}
