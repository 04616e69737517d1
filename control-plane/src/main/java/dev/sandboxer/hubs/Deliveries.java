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
 * Sends the events of the {@link Outbox} to the hubs: each at least once, under an id that stays the same, and those of one order
 * key in their order, the next one only after the one before was delivered or refused for good. Any number of servers and
 * commands may deliver at the same time; what one of them had claimed when it was killed is taken over within a minute.
 *
 * <p>A hub that doesn't answer, or answers 408, 425, 429 or 5xx, is asked again later; other refusals make the event a dead
 * letter. Thread-safe.
 */
public final class Deliveries implements AutoCloseable {
    /** How long delivered events are kept, to be replayed or recognised when they are added again. */
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
     * What a call has done.
     *
     * @param delivered events that a hub accepted
     * @param retried attempts that failed; the events wait for the next one
     * @param dead events that a hub refused
     * @param left events that wait now for a hub that has a URL
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
     * @param attempts since it was added, or last requeued
     * @param reason one line for people; without secrets
     */
    public record DeadLetter(
            String id, Hub hub, String orderKey, Instant addedAt, Instant deadAt, long attempts, String reason) {}

    /** @param random spreads the times of further attempts */
    public Deliveries(Database database, HubSettings settings, InstantSource clock, Random random) {
        this(database, clients(settings, clock), clock, random);
    }

    private Deliveries(Database database, Map<Hub, HubClient> clients, InstantSource clock, Random random) {
        this(database, senders(clients), List.copyOf(clients.values()), clock, random, PARALLEL);
    }

    /** Lets tests choose who answers, and how many events are sent at the same time. */
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
     * Delivers what is due, to all hubs with a URL at the same time. Returns as soon as nothing is due any more or time is up,
     * whichever comes first; doesn't wait for events that have to be retried later. An interrupt breaks off what is under way;
     * then it returns what was done, and the thread stays interrupted.
     *
     * @param within time limit; what has no answer by then is sent again by a later call
     * @throws SandboxException {@code STORE_*} or {@code DISK_FULL}; some events may be sent again a minute later
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

    /** Counts even if the thread is interrupted, which it stays. */
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

    /** How the deliveries to each hub are doing, whether it has a URL or not. */
    public List<HubStatus> status() {
        var now = clock.instant();
        return Stream.of(Hub.values())
                .map(hub -> backlog.status(hub, senders.containsKey(hub), now))
                .toList();
    }

    /**
     * Events that were refused, the first one first.
     *
     * @param limit at most so many
     */
    public List<DeadLetter> deadLetters(int limit) {
        return backlog.deadLetters(limit);
    }

    /**
     * Lets dead letters of these ids wait for their delivery again, before later events of their order keys that still wait.
     * Ignores ids of other events.
     *
     * @return how many there were
     */
    public int requeue(Collection<String> ids) {
        return backlog.requeue(ids, clock.instant());
    }

    /**
     * Lets all dead letters wait for their delivery again.
     *
     * @return how many there were
     */
    public int requeueAll() {
        return backlog.requeueAll(clock.instant());
    }

    /**
     * Lets events wait for their delivery again, under the same ids, that the hub has accepted in that time. Delivered events are
     * kept for {@link #RETENTION}.
     *
     * @param from inclusive
     * @param to exclusive; a time in the future means now
     * @return how many there were
     */
    public int replay(Hub hub, Instant from, Instant to) {
        var now = clock.instant();
        return backlog.replay(hub, from, to.isBefore(now) ? to : now, now);
    }

    /**
     * Deletes events that were delivered more than {@link #RETENTION} ago, in small transactions. Dead letters stay.
     *
     * @return how many there were
     */
    public int purge() {
        return backlog.purge(clock.instant().minus(RETENTION));
    }

    /** Ends the connections to the hubs. */
    @Override
    public void close() {
        clients.forEach(HubClient::close);
    }
}
