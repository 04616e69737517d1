package dev.sandboxer.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs several threads one at a time. Each thread stops at points: before and after each use of the database and each call of a backend.
 * At each point a seed chooses the thread that runs next, so that a failure can be reproduced.
 */
public final class Interleaving {
    private static final Duration STUCK = Duration.ofSeconds(60);

    private final SplittableRandom random;
    private final List<Actor> actors = new ArrayList<>();
    private final Semaphore stopped = new Semaphore(0);
    private final ThreadLocal<@Nullable Actor> current = new ThreadLocal<>();

    public Interleaving(SplittableRandom random) {
        this.random = random;
    }

    /** One of the threads. Its methods may be called only while no thread runs. */
    public static final class Actor {
        private final String name;
        private final Thread thread;
        private final Semaphore go = new Semaphore(0);
        private volatile String at = "the beginning";
        private volatile boolean ended;
        private volatile boolean dead;
        private volatile @Nullable Throwable failure;
        private int frozen;

        private Actor(String name, Thread thread) {
            this.name = name;
            this.thread = thread;
        }

        /** Kills the thread: it fails at its point, and at all later points. */
        public void kill() {
            dead = true;
            frozen = 0;
        }

        /** Stops the thread until others have passed this many points, or have ended. */
        public void freeze(int points) {
            frozen = points;
        }

        public boolean isFrozen() {
            return frozen > 0;
        }

        /** Returns true if the thread has stopped before or after a use of this kind. */
        public boolean isAt(String use) {
            return at.startsWith(use);
        }

        public boolean isDead() {
            return dead;
        }

        public boolean hasEnded() {
            return ended;
        }

        @Override
        public String toString() {
            return name + " at " + at;
        }
    }

    /** Adds a thread. It waits for its first turn. */
    public Actor add(String name, Runnable work) {
        var self = new Actor[1];
        var thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> {
            self[0].go.acquireUninterruptibly();
            current.set(self[0]);
            act(self[0], work);
        });
        self[0] = new Actor(name, thread);
        actors.add(self[0]);
        return self[0];
    }

    private void act(Actor actor, Runnable work) {
        try {
            work.run();
        } catch (CrashPoints.Crash e) {
            // killed on purpose
        } catch (Throwable e) {
            actor.failure = e;
        } finally {
            actor.ended = true;
            stopped.release();
        }
    }

    /** Stops the current actor at a point until its next turn. Has no effect in a thread that is not an actor. */
    public void pass(String point) {
        var actor = current.get();
        if (actor == null) {
            return;
        }
        requireAlive(actor, point);
        actor.at = point;
        stopped.release();
        actor.go.acquireUninterruptibly();
        requireAlive(actor, point);
    }

    private static void requireAlive(Actor actor, String point) {
        if (actor.dead) {
            throw new CrashPoints.Crash(point);
        }
    }

    /**
     * Runs all threads to their ends.
     *
     * @param between called before each turn, while no thread runs
     */
    public void run(Runnable between) {
        actors.forEach(actor -> actor.thread.start());
        while (actors.stream().anyMatch(actor -> !actor.ended)) {
            between.run();
            turn(next());
        }
        for (Actor actor : actors) {
            if (actor.failure != null) {
                throw new AssertionError(actor + " failed: " + actor.failure, actor.failure);
            }
        }
    }

    private Actor next() {
        var ready = actors.stream()
                .filter(actor -> !actor.ended && !actor.isFrozen())
                .toList();
        if (ready.isEmpty()) {
            ready = actors.stream().filter(actor -> !actor.ended).toList();
            ready.forEach(actor -> actor.frozen = 0);
        }
        return ready.get(random.nextInt(ready.size()));
    }

    private void turn(Actor actor) {
        actors.stream().filter(Actor::isFrozen).forEach(other -> other.frozen--);
        actor.go.release();
        try {
            if (!stopped.tryAcquire(STUCK.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(actor + " is stuck at " + List.of(actor.thread.getStackTrace()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
