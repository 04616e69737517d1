package dev.sandboxer.hubs;

import dev.sandboxer.store.Database;
import dev.sandboxer.testing.CrashPoints;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A random history of two processes that add and deliver events on one database and are sometimes killed, with a model of what
 * the hub must have in the end. The seed determines everything except the scheduling of threads.
 */
final class DeliveryHistory {
    private static final int STEPS = 60;
    private static final int KEYS = 6;
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final HubSettings SETTINGS =
            HubSettings.read(Map.of("SANDBOXER_FIN_HUB_URL", "http://127.0.0.1:9/fin"));

    private final Random random;
    private final TestDatabase place;
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-24T12:00:00Z"));
    private final FakeHub hub = new FakeHub();
    private final Outbox outbox = new Outbox("installation1", SETTINGS, clock);
    private final List<String> steps = new ArrayList<>();
    private final Process[] processes = new Process[2];

    /** The committed events by order key, in their order. */
    private final Map<String, List<String>> model = new LinkedHashMap<>();

    /** Events that were refused at least once; they arrive late, after they are requeued. */
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    private int nextId;
    private int kills;

    DeliveryHistory(long seed, TestDatabase place) {
        this.random = new Random(seed);
        this.place = place;
        for (int i = 0; i < processes.length; i++) {
            processes[i] = new Process();
        }
    }

    /** A process that may be killed at any commit. */
    private final class Process {
        private final CrashPoints points = new CrashPoints();
        private final Database database = place.watched(points::pass, sql -> {});
        private final Deliveries deliveries = new Deliveries(
                database,
                Map.of(Hub.FIN_HUB, this::send),
                List.of(),
                clock,
                new Random(random.nextLong()),
                1 + random.nextInt(8));

        /** A killed worker ends silently; the thread that waits for it dies at the next commit. */
        private Answer send(String id, String body) throws InterruptedException {
            try {
                points.pass("SEND before");
                var answer = hub.send(id, body);
                points.pass("SEND after");
                return answer;
            } catch (CrashPoints.Crash e) {
                throw new InterruptedException(e.getMessage());
            }
        }
    }

    void run() throws InterruptedException {
        try {
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            settle();
            check();
        } finally {
            for (Process process : processes) {
                process.database.close();
            }
        }
    }

    String text() {
        return String.join("\n", steps);
    }

    int kills() {
        return kills;
    }

    private void step() throws InterruptedException {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> add();
            case 3 -> moveClock();
            case 4, 5 -> changeHub();
            case 6 -> killDuring("deliver", process -> process.deliveries.deliverDue(WITHIN));
            case 7 -> deliverTogether();
            case 8 -> requeue();
            case 9 -> replay();
            default -> deliver(random.nextInt(processes.length));
        }
    }

    private interface Action {
        void on(Process process) throws InterruptedException;
    }

    private void deliver(int number) {
        steps.add("deliver by " + number + ": " + processes[number].deliveries.deliverDue(WITHIN));
    }

    private void deliverTogether() throws InterruptedException {
        steps.add("deliver by both");
        var threads = new ArrayList<Thread>();
        var failures = new ArrayList<Throwable>();
        for (Process process : processes) {
            var thread = Thread.ofPlatform().unstarted(() -> process.deliveries.deliverDue(WITHIN));
            thread.setUncaughtExceptionHandler((t, e) -> failures.add(e));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("a delivery failed", failures.getFirst());
        }
    }

    /** Kills the process at one of the next points and replaces it by a new one. */
    private void killDuring(String what, Action action) throws InterruptedException {
        var number = random.nextInt(processes.length);
        var process = processes[number];
        var point = 1 + random.nextInt(12);
        process.points.crashAt(point);
        try {
            action.on(process);
            steps.add(what + " by " + number + ", not killed");
            process.points.reset();
        } catch (CrashPoints.Crash e) {
            kills++;
            steps.add(what + " by " + number + ", " + e.getMessage());
            process.database.close();
            processes[number] = new Process();
        }
    }

    private void add() throws InterruptedException {
        var entries = new ArrayList<Outbox.Entry>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            var id = nextId > 0 && random.nextInt(8) == 0 ? random.nextInt(nextId) : nextId++;
            var key = "k" + id * 7 % KEYS;
            entries.add(new Outbox.Entry(Hub.FIN_HUB, DeliveriesContract.event("e" + id, key), key));
        }
        var undone = random.nextInt(6) == 0;
        Action add = process -> process.database.write(handle -> {
            outbox.addAll(handle, entries);
            if (undone) {
                throw new IllegalStateException("undone");
            }
        });
        try {
            if (random.nextInt(4) == 0) {
                killDuring("add", add);
            } else {
                add.on(processes[random.nextInt(processes.length)]);
            }
        } catch (IllegalStateException e) {
            steps.add("undo the next");
            for (Process process : processes) {
                process.points.reset();
            }
        }
        var committed = entries.stream().filter(this::isCommitted).toList();
        steps.add("added "
                + committed.stream()
                        .map(entry -> entry.event().id() + "@" + entry.orderKey())
                        .toList());
        for (Outbox.Entry entry : committed) {
            var ids = model.computeIfAbsent(entry.orderKey(), key -> new ArrayList<>());
            if (!ids.contains(entry.event().id())) {
                ids.add(entry.event().id());
            }
        }
    }

    /** Reads the database, since a process that died during its commit can't tell. */
    private boolean isCommitted(Outbox.Entry entry) {
        return processes[0].database.read(handle -> handle.createQuery("SELECT count(*) FROM outbox WHERE id = :id")
                        .bind("id", entry.event().id())
                        .mapTo(int.class)
                        .one()
                == 1);
    }

    private void moveClock() {
        var by = switch (random.nextInt(6)) {
            case 0 -> Duration.ofHours(random.nextInt(48));
            case 1 -> Duration.ofMinutes(-random.nextInt(600));
            default -> Duration.ofSeconds(random.nextInt(120));
        };
        clock.advance(by);
        steps.add("clock moves by " + by);
    }

    private void changeHub() {
        var refusing = random.nextInt(20);
        var failing = random.nextInt(4) == 0 ? 100 : random.nextInt(60);
        var dropping = random.nextInt(30);
        var seed = random.nextLong();
        var dice = new Random(seed);
        steps.add("hub refuses " + refusing + " %, fails " + failing + " %, drops " + dropping + " % of its answers");
        hub.answer(id -> answer(id, dice, refusing, failing, dropping));
    }

    private Answer answer(String id, Random dice, int refusing, int failing, int dropping) {
        synchronized (dice) {
            if (dice.nextInt(100) < refusing) {
                refused.add(id);
                return new Answer.Refused("HTTP 400: refused");
            }
            if (dice.nextInt(100) < failing) {
                return new Answer.Unsettled("HTTP 503", retryAfter(dice));
            }
            if (dice.nextInt(100) < dropping) {
                hub.keep(id);
                return new Answer.Unsettled("no answer", null);
            }
            return new Answer.Accepted();
        }
    }

    private static @Nullable Duration retryAfter(Random dice) {
        return dice.nextInt(3) == 0 ? Duration.ofSeconds(dice.nextInt(7_200)) : null;
    }

    private void requeue() {
        var process = processes[random.nextInt(processes.length)];
        if (random.nextBoolean()) {
            steps.add("requeue all: " + process.deliveries.requeueAll());
            return;
        }
        var ids = process.deliveries.deadLetters(3).stream()
                .map(Deliveries.DeadLetter::id)
                .toList();
        steps.add("requeue " + ids + ": " + process.deliveries.requeue(ids));
    }

    private void replay() {
        var from = clock.instant().minusSeconds(random.nextInt(300));
        var replayed = processes[random.nextInt(processes.length)].deliveries.replay(
                Hub.FIN_HUB, from, clock.instant().plusSeconds(1));
        steps.add("replay " + replayed);
    }

    /** Heals the hub and delivers until nothing is left, while time passes. */
    private void settle() {
        hub.heal();
        for (int i = 0; i < 40; i++) {
            processes[0].deliveries.requeueAll();
            var report = processes[i % 2].deliveries.deliverDue(WITHIN);
            if (report.left() == 0 && processes[0].deliveries.deadLetters(1).isEmpty()) {
                return;
            }
            clock.advance(Duration.ofMinutes(30));
        }
        throw new AssertionError("events are left: " + processes[0].deliveries.status());
    }

    private void check() {
        model.forEach((key, ids) -> {
            var arrived = hub.accepted(key);
            if (!new HashSet<>(arrived).equals(new HashSet<>(ids))) {
                throw new AssertionError(key + ": the hub has " + arrived + ", committed were " + ids);
            }
            var punctual = arrived.stream().filter(id -> !refused.contains(id)).toList();
            var expected = ids.stream().filter(id -> !refused.contains(id)).toList();
            if (!punctual.equals(expected)) {
                throw new AssertionError(key + ": the hub got " + punctual + ", their order is " + expected);
            }
        });
        for (String id : hub.arrivals()) {
            if (model.values().stream().noneMatch(ids -> ids.contains(id))) {
                throw new AssertionError(id + " was never committed, and was sent");
            }
        }
    }
}
