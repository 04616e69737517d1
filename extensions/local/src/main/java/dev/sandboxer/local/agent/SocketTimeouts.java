package dev.sandboxer.local.agent;

import java.io.IOException;
import java.nio.channels.Channel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Adds timeouts to Unix sockets, which the JDK does not offer: closes a channel when a call on it takes too long. One thread checks all
 * channels ten times a second while calls are running. Thread-safe.
 */
final class SocketTimeouts {
    private static final long CHECK_MS = 100;
    private static final SocketTimeouts SHARED = new SocketTimeouts();

    private final Set<Timer> running = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("local-timeouts").unstarted(task));
    private @Nullable ScheduledFuture<?> checks;

    private SocketTimeouts() {}

    static Timer timer(Channel channel) {
        return new Timer(channel);
    }

    private synchronized void add(Timer timer) {
        running.add(timer);
        if (checks == null) {
            checks = thread.scheduleAtFixedRate(this::check, CHECK_MS, CHECK_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void check() {
        var now = System.nanoTime();
        for (Timer timer : running) {
            if (now - timer.expiry >= 0) {
                timer.expire();
            }
        }
        synchronized (this) {
            if (running.isEmpty() && checks != null) {
                checks.cancel(false);
                checks = null;
            }
        }
    }

    /** Enforces the time limits of the calls on one channel, on which one call runs at a time. */
    static final class Timer {
        private final Channel channel;
        private volatile long expiry;
        private volatile boolean expired;

        private Timer(Channel channel) {
            this.channel = channel;
        }

        /** Starts the time limit of a call. */
        void start(long nanos) {
            expiry = System.nanoTime() + nanos;
            SHARED.add(this);
        }

        void stop() {
            SHARED.running.remove(this);
        }

        /** Returns true if the channel was closed because a call took too long. */
        boolean expired() {
            return expired;
        }

        private void expire() {
            expired = true;
            stop();
            try {
                channel.close();
            } catch (IOException e) {
                // close() closes the channel even if it fails
            }
        }
    }
}
