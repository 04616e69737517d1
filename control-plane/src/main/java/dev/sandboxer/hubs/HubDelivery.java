package dev.sandboxer.hubs;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.hubs.Turn.Claim;
import dev.sandboxer.hubs.Turn.Stopped;
import dev.sandboxer.hubs.Turn.Waiting;
import dev.sandboxer.observe.Countdown;
import dev.sandboxer.observe.VirtualThreads;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One delivery of all due events to one hub. Only the thread that runs it uses the database: it claims queues, hands each to a
 * worker, and records what the workers have done meanwhile in one transaction. Use it once, from one thread.
 */
final class HubDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(HubDelivery.class);

    /** How many queues are claimed ahead, so that workers don't wait for a commit. */
    private static final int CLAIMED = 64;

    /** No event is sent unless this much of the lease is left. An attempt takes less. */
    private static final Duration MARGIN = HubClient.LIMIT.plusSeconds(5);

    private final Hub hub;
    private final DeliveryStore rows;
    private final Sender sender;
    private final Backoff backoff;
    private final InstantSource clock;
    private final Semaphore parallel;
    private final BlockingQueue<Turn> done = new LinkedBlockingQueue<>();

    private int claimed;
    private int delivered;
    private int retried;
    private int dead;
    private String lastRefusal = "";
    private boolean interrupted;

    /** The circuit as the workers see it, since many may fail before the first failure is recorded. */
    private final AtomicReference<Circuit> seen = new AtomicReference<>(new Circuit(0, null));

    private volatile Circuit recorded = new Circuit(0, null);
    private volatile boolean cancelled;

    /** Sends one event. */
    interface Sender {
        Answer send(String id, String body) throws InterruptedException;
    }

    /** @param parallel how many events are sent at the same time */
    HubDelivery(Hub hub, DeliveryStore rows, Sender sender, Backoff backoff, InstantSource clock, int parallel) {
        this.hub = hub;
        this.rows = rows;
        this.sender = sender;
        this.backoff = backoff;
        this.clock = clock;
        this.parallel = new Semaphore(parallel, true);
    }

    /**
     * Delivers until nothing is due, the circuit opens, the time is up, or the thread is interrupted. The thread stays interrupted.
     *
     * @return the report, with 0 for {@code left}
     */
    Deliveries.Report run(Countdown countdown) {
        try (var workers = VirtualThreads.executor("delivery")) {
            try {
                deliver(workers, countdown);
            } finally {
                cancelled = true;
                workers.shutdownNow(); // needed after a failure; otherwise all workers have ended
            }
        }
        if (dead > 0) {
            LOG.atWarn()
                    .addKeyValue("hub", hub.label())
                    .addKeyValue("events", dead)
                    .addKeyValue("reason", lastRefusal)
                    .log("a hub refused events; they are dead letters now");
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return new Deliveries.Report(delivered, retried, dead, 0);
    }

    private void deliver(ExecutorService workers, Countdown countdown) {
        while (true) {
            if (claimed <= CLAIMED / 2 && !mayNotSend() && !countdown.isOver()) {
                for (Claim claim : uninterruptibly(() -> rows.claim(clock.instant(), CLAIMED))) {
                    claimed++;
                    workers.execute(() -> work(claim));
                }
            }
            if (claimed == 0) {
                return;
            }
            var turns = interrupted ? List.<Turn>of() : next(countdown);
            if (turns.isEmpty()) {
                cancel(workers);
                return;
            }
            settle(turns);
        }
    }

    /** Waits for at least one finished turn and returns all of them. Empty if the time is up or the thread is interrupted. */
    private List<Turn> next(Countdown countdown) {
        var turns = new ArrayList<Turn>();
        try {
            var first = done.poll(countdown.left().toMillis(), TimeUnit.MILLISECONDS);
            if (first != null) {
                turns.add(first);
                done.drainTo(turns);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        return turns;
    }

    /** Cancels the attempts in progress and records what was done. */
    private void cancel(ExecutorService workers) {
        cancelled = true;
        workers.shutdownNow();
        var turns = new ArrayList<Turn>();
        while (turns.size() < claimed) {
            try {
                turns.add(done.take());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        settle(turns);
    }

    private void settle(List<Turn> turns) {
        var now = clock.instant();
        recorded = uninterruptibly(() -> rows.settle(turns, now));
        claimed -= turns.size();
        for (Turn turn : turns) {
            delivered += turn.accepted().size();
            var stopped = turn.stopped();
            if (stopped != null) {
                count(stopped);
            }
        }
    }

    private void count(Stopped stopped) {
        switch (stopped.answer()) {
            case Answer.Accepted _ -> throw new IllegalStateException("a turn never stops at an accepted event");
            case Answer.Unsettled _ -> retried++;
            case Answer.Refused(var reason) -> {
                dead++;
                lastRefusal = reason;
            }
        }
    }

    /** Completes work on the database even if the thread is interrupted, and remembers the interrupt. */
    private <T> T uninterruptibly(Supplier<T> work) {
        while (true) {
            interrupted |= Thread.interrupted();
            try {
                return work.get();
            } catch (SandboxException e) {
                if (!Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
    }

    private void work(Claim claim) {
        var accepted = new ArrayList<String>();
        @Nullable Stopped stopped = null;
        try {
            parallel.acquire();
            try {
                stopped = send(claim, accepted);
            } finally {
                parallel.release();
            }
        } catch (InterruptedException e) {
            // the delivery was cancelled; events without an answer are sent again later
        } finally {
            var pause = stopped != null && stopped.answer() instanceof Answer.Unsettled unsettled
                    ? backoff.next(stopped.event().attempts() + 1, unsettled.retryAfter())
                    : Duration.ZERO;
            done.add(new Turn(claim, accepted, stopped, clock.instant().plus(pause)));
        }
    }

    /** Sends a queue's events up to the first that the hub doesn't accept, and returns that one; null if there is none. */
    private @Nullable Stopped send(Claim claim, List<String> accepted) throws InterruptedException {
        for (Waiting event : claim.events()) {
            if (mayNotSend() || clock.instant().plus(MARGIN).isAfter(claim.leaseUntil())) {
                return null;
            }
            var answer = answer(event);
            seen.updateAndGet(circuit -> circuit.after(answer, clock.instant(), claim.probe()));
            if (!(answer instanceof Answer.Accepted)) {
                return new Stopped(event, answer);
            }
            accepted.add(event.id());
        }
        return null;
    }

    /** Returns true if no further event may be sent. */
    private boolean mayNotSend() {
        var now = clock.instant();
        return cancelled || seen.get().isOpen(now) || recorded.isOpen(now);
    }

    private Answer answer(Waiting event) throws InterruptedException {
        try {
            return sender.send(event.id(), event.body());
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("event", event.id()).setCause(e).log("an event could not be sent");
            return new Answer.Unsettled("internal: " + e.getClass().getSimpleName(), null);
        }
    }
}
