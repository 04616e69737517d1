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
 * Closes channels whose current call takes too long, since a Unix socket has no time-out of its own. One thread looks at all
 * of them a few times a second, and only while there are any.
 */
final class SocketTimeouts {
    private static final long TICK_MS = 100;
    private static final SocketTimeouts SHARED = new SocketTimeouts();

    private final Set<Guard> guards = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("local-watchdog").unstarted(task));
    private @Nullable ScheduledFuture<?> ticking;

    private SocketTimeouts() {}

    static Guard guard(Channel channel) {
        return new Guard(channel);
    }

    private synchronized void add(Guard guard) {
        guards.add(guard);
        if (ticking == null) {
            ticking = thread.scheduleAtFixedRate(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        var now = System.nanoTime();
        for (Guard guard : guards) {
            if (now - guard.expiry >= 0) {
                guard.bite();
            }
        }
        synchronized (this) {
            if (guards.isEmpty() && ticking != null) {
                ticking.cancel(false);
                ticking = null;
            }
        }
    }

    /** Limits one call at a time on one channel. */
    static final class Guard {
        private final Channel channel;
        private volatile long expiry;
        private volatile boolean bitten;

        private Guard(Channel channel) {
            this.channel = channel;
        }

        /** The call that begins now may take this long. */
        void begin(long nanos) {
            expiry = System.nanoTime() + nanos;
            SHARED.add(this);
        }

        void end() {
            SHARED.guards.remove(this);
        }

        /** Whether the channel was closed because a call took too long. */
        boolean bitten() {
            return bitten;
        }

        private void bite() {
            bitten = true;
            end();
            try {
                channel.close();
            } catch (IOException e) {
                // closed is closed
            }
        }
    }
}
