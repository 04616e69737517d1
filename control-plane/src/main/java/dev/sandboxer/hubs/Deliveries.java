package dev.sandboxer.hubs;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.hubs.HubDelivery.Sender;
import dev.sandboxer.observe.Countdown;
import dev.sandboxer.observe.VirtualThreads;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events of the {@link Outbox} to the hubs, each at least once and always under the same id. Events with the same order key are
 * sent in order: each only after the previous one was delivered or became a dead letter. Any number of servers and commands may deliver at
 * the same time; if one is killed, others take over its claimed events within a minute.
 *
 * <p>An event is sent again later if the hub does not answer, or answers 408, 425, 429 or 5xx. Any other refusal makes it a dead
 * letter. Thread-safe.
 */
public final class Deliveries implements AutoCloseable {
    /** How long delivered events are kept, to replay them and to recognise duplicates. */
    public static final Duration RETENTION = Duration.ofDays(30);

    private static final int PARALLEL = 16;

    private final Database database;
    private final BacklogStore backlog;
    private final Map<Hub, Sender> senders;
    private final List<HubClient> clients;
    private final InstantSource clock;
    private final Backoff backoff;
    private final int parallel;

    /**
     * The result of a call.
     *
     * @param delivered events that a hub accepted
     * @param retried failed attempts whose events will be sent again
     * @param dead events that a hub refused
     * @param left events that still wait for a hub with a URL
     */
    public record Report(int delivered, int retried, int dead, long left) {
        Report plus(Report other) {
            return new Report(
                    delivered + other.delivered, retried + other.retried, dead + other.dead, left + other.left);
        }
    }

    /**
     * An event that its hub refused. Its body stays in the outbox until it is delivered.
     *
     * @param attempts attempts since it was added or last requeued
     * @param reason one line for people; without secrets
     */
    public record DeadLetter(
            String id, Hub hub, String orderKey, Instant addedAt, Instant deadAt, long attempts, String reason) {}

    /** @param random gives the jitter of retries */
    public Deliveries(Database database, HubSettings settings, InstantSource clock, Random random) {
        this(database, clients(settings, clock), clock, random);
    }

    private Deliveries(Database database, Map<Hub, HubClient> clients, InstantSource clock, Random random) {
        this(database, senders(clients), List.copyOf(clients.values()), clock, random, PARALLEL);
    }

    /** Creates deliveries with other senders and another number of parallel attempts, for tests. */
    Deliveries(
            Database database,
            Map<Hub, Sender> senders,
            List<HubClient> clients,
            InstantSource clock,
            Random random,
            int parallel) {
        this.database = database;
        this.backlog = new BacklogStore(database);
        this.senders = Map.copyOf(senders);
        this.clients = clients;
        this.clock = clock;
        this.backoff = new Backoff(random);
        this.parallel = parallel;
    }

    private static Map<Hub, HubClient> clients(HubSettings settings, InstantSource clock) {
        var clients = new EnumMap<Hub, HubClient>(Hub.class);
        settings.endpoints().forEach((hub, endpoint) -> clients.put(hub, new HubClient(endpoint, clock)));
        return clients;
    }

    private static Map<Hub, Sender> senders(Map<Hub, HubClient> clients) {
        var senders = new EnumMap<Hub, Sender>(Hub.class);
        clients.forEach((hub, client) -> senders.put(hub, client::send));
        return senders;
    }

    /**
     * Delivers all due events, to all hubs with a URL in parallel. Returns when nothing is due any more or the time is up; does not
     * wait for events that are retried later. An interrupt cancels the attempts in progress; this then returns what was done, and
     * the thread stays interrupted.
     *
     * @param within the time limit; events without an answer by then are sent again by a later call
     * @throws SandboxException {@code STORE_*} or {@code DISK_FULL}; some events may then be sent again a minute later
     */
    public Report deliverDue(Duration within) {
        var countdown = new Countdown(within);
        var deliveries = senders.entrySet().stream()
                .map(entry -> new HubDelivery(
                        entry.getKey(),
                        new DeliveryStore(database, entry.getKey()),
                        entry.getValue(),
                        backoff,
                        clock,
                        parallel))
                .toList();
        var report = deliveries.size() == 1 ? deliveries.getFirst().run(countdown) : runAll(deliveries, countdown);
        return report.plus(new Report(0, 0, 0, left()));
    }

    /** Counts the waiting events, even if the thread is interrupted. The thread stays interrupted. */
    private long left() {
        var interrupted = Thread.interrupted();
        try {
            return senders.keySet().stream().mapToLong(backlog::waiting).sum();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Report runAll(List<HubDelivery> deliveries, Countdown countdown) {
        try (var threads = VirtualThreads.executor("hub")) {
            var running = new ArrayList<Future<Report>>();
            deliveries.forEach(delivery -> running.add(threads.submit(() -> delivery.run(countdown))));
            var report = new Report(0, 0, 0, 0);
            boolean interrupted = false;
            for (int i = 0; i < running.size(); ) {
                try {
                    report = report.plus(running.get(i).get());
                    i++;
                } catch (InterruptedException e) {
                    interrupted = true;
                    threads.shutdownNow();
                } catch (ExecutionException e) {
                    throw failure(e.getCause());
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return report;
        }
    }

    private static RuntimeException failure(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException failure ? failure : new IllegalStateException(cause);
    }

    /** Returns the state of the deliveries to each hub, with or without a URL. */
    public List<HubStatus> status() {
        var now = clock.instant();
        return Stream.of(Hub.values())
                .map(hub -> backlog.status(hub, senders.containsKey(hub), now))
                .toList();
    }

    /**
     * Returns events that were refused, the earliest refusal first.
     *
     * @param limit maximum number
     */
    public List<DeadLetter> deadLetters(int limit) {
        return backlog.deadLetters(limit);
    }

    /**
     * Requeues the dead letters among these ids, ahead of later waiting events with the same order key. Ignores ids of other events.
     *
     * @return how many were requeued
     */
    public int requeue(Collection<String> ids) {
        return backlog.requeue(ids, clock.instant());
    }

    /**
     * Requeues all dead letters.
     *
     * @return how many were requeued
     */
    public int requeueAll() {
        return backlog.requeueAll(clock.instant());
    }

    /**
     * Requeues the events that the hub accepted in a period, under the same ids. Delivered events are kept for {@link #RETENTION}.
     *
     * @param from inclusive
     * @param to exclusive; a time in the future means now
     * @return how many were requeued
     */
    public int replay(Hub hub, Instant from, Instant to) {
        var now = clock.instant();
        return backlog.replay(hub, from, to.isBefore(now) ? to : now, now);
    }

    /**
     * Deletes events that were delivered more than {@link #RETENTION} ago, in small transactions. Dead letters stay.
     *
     * @return how many were deleted
     */
    public int purge() {
        return backlog.purge(clock.instant().minus(RETENTION));
    }

    /** Closes the connections to the hubs. */
    @Override
    public void close() {
        clients.forEach(HubClient::close);
    }
}
