package dev.sandboxer.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * A random history of servers that give commands to one ledger at the same time. Each thread has consumers of its own, and compares their
 * credits with a {@link LedgerModel} after each command. All threads share one more consumer. Commits fail before or after they take
 * effect, and then the command is repeated. Between rounds time passes, and all servers may be restarted.
 */
final class LedgerHistory {
    private static final Instant START = Instant.parse("2026-11-29T21:00:00Z");
    private static final int THREADS = 4;
    private static final int ROUNDS = 8;
    private static final int COMMANDS = 25;
    private static final String SHARED = "shared";
    private static final long SHARED_LIMIT = 40;

    /** A commit that failed before or after it took effect. */
    private static final class Cut extends Error {
        private static final long serialVersionUID = 1;
    }

    private final SplittableRandom random;
    private final TestDatabase place;
    private final SettableClock clock = new SettableClock(START);
    private final ThreadLocal<@Nullable SplittableRandom> danger = new ThreadLocal<>();
    private final List<Database> databases = new ArrayList<>();
    private final List<Ledger> ledgers = new ArrayList<>();
    private final List<Actor> actors = new ArrayList<>();

    LedgerHistory(long seed, TestDatabase place) {
        this.random = new SplittableRandom(seed);
        this.place = place;
    }

    static int commands() {
        return THREADS * ROUNDS * COMMANDS;
    }

    void run() throws Exception {
        start();
        try {
            for (int i = 0; i < THREADS; i++) {
                actors.add(new Actor(i, random.split()));
            }
            ledgers.getFirst().changeTerms(SHARED, terms -> terms.withLimit(new Money(SHARED_LIMIT)));
            for (int round = 0; round < ROUNDS; round++) {
                Concurrently.run(THREADS, i -> actors.get(i).act());
                passTime();
                if (random.nextInt(3) == 0) {
                    stop();
                    start();
                }
                actors.forEach(Actor::compareAll);
            }
            LedgerAudit.of(databases.getFirst()).check();
        } finally {
            stop();
        }
    }

    String text() {
        return String.join(
                "\n",
                actors.stream().map(actor -> String.join("\n", actor.told)).toList());
    }

    /** Starts two servers if the database can be shared, otherwise one. */
    private void start() {
        do {
            var database = place.watched(this::perhapsCut, sql -> {});
            databases.add(database);
            ledgers.add(new Ledger(database, clock));
        } while (databases.size() < 2 && databases.getFirst().isShared());
    }

    private void stop() {
        databases.forEach(Database::close);
        databases.clear();
        ledgers.clear();
    }

    private void perhapsCut(String boundary) {
        var inDanger = danger.get();
        if (inDanger != null && inDanger.nextInt(12) == 0) {
            throw new Cut();
        }
    }

    private void passTime() {
        clock.advance(Duration.ofSeconds(random.nextInt(1, 4000)));
        ledgers.forEach(ledger -> ledger.releaseOverdue(sandbox -> true));
        actors.forEach(actor -> actor.models.values().forEach(model -> model.advance(clock.instant())));
    }

    /**
     * A command that was given.
     *
     * @param other another command with the same id
     */
    private record Done(String consumer, String text, Command again, Command other) {}

    private interface Command {
        void on(Ledger ledger, Database database);
    }

    private interface Part {
        void on(Handle handle, Ledger ledger);
    }

    /** One thread, with consumers of its own. */
    private final class Actor {
        private final int number;
        private final SplittableRandom random;
        private final Map<String, LedgerModel> models = new TreeMap<>();
        private final List<Done> done = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private int ids;

        private Actor(int number, SplittableRandom random) {
            this.number = number;
            this.random = random;
            for (String name : List.of("a", "b")) {
                var consumer = "t" + number + name;
                models.put(consumer, new LedgerModel(START));
                changeTerms(consumer);
            }
        }

        private Void act() {
            danger.set(random.split());
            for (int i = 0; i < COMMANDS; i++) {
                if (random.nextInt(4) == 0) {
                    onShared();
                } else {
                    var consumer = "t" + number + (random.nextBoolean() ? "a" : "b");
                    onOwn(consumer);
                    compare(consumer);
                }
            }
            danger.set(null);
            return null;
        }

        private void onOwn(String consumer) {
            switch (random.nextInt(16)) {
                case 0, 1 -> grant(consumer);
                case 2, 3, 4, 5 -> hold(consumer);
                case 6, 7, 8 -> capture();
                case 9, 10 -> release(consumer);
                case 11 -> correct(consumer);
                case 12 -> changeTerms(consumer);
                default -> again();
            }
        }

        private void grant(String consumer) {
            var until = random.nextBoolean() ? null : clock.instant().plusSeconds(random.nextInt(1, 9000));
            var request =
                    new Grant.Request(id(), consumer, Grant.Kind.FREE, amount(), random.nextInt(-1, 2), until, "given");
            run(
                    consumer,
                    request.toString(),
                    (ledger, database) -> ledger.grant(request),
                    (ledger, database) -> ledger.grant(new Grant.Request(
                            request.id(),
                            consumer,
                            Grant.Kind.FREE,
                            request.amount(),
                            request.priority() + 1,
                            until,
                            "given")));
            models.get(consumer).grant(request.id(), request.amount().nanos(), request.priority(), until);
        }

        private void hold(String consumer) {
            var id = id();
            var sandbox = sandbox(consumer);
            var amount = random.nextInt(6) == 0 ? Money.ZERO : amount();
            var until = clock.instant().plusSeconds(random.nextInt(1, 9000));
            boolean fits = models.get(consumer).hold(sandbox, amount.nanos(), until);
            var text = "hold " + id + " of " + amount.nanos() + " for " + sandbox + " until " + until;
            Command command =
                    inTransaction((handle, ledger) -> ledger.hold(handle, id, consumer, sandbox, amount, until));
            if (!fits) {
                refused(ErrorCode.INSUFFICIENT_CREDITS, text, command);
            } else if (models.get(consumer).holds().containsKey(sandbox)) {
                run(
                        consumer,
                        text,
                        command,
                        inTransaction((handle, ledger) ->
                                ledger.hold(handle, id, consumer, sandbox, amount.plus(new Money(1)), until)));
            }
        }

        /** Captures for several sandboxes of its own consumers and of the shared one. */
        private void capture() {
            var batch = new ArrayList<Capture>();
            var expected = new TreeMap<String, Money>();
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                var consumer = random.nextInt(4) == 0 ? SHARED : "t" + number + (random.nextBoolean() ? "a" : "b");
                var at = clock.instant().minusSeconds(random.nextInt(0, 90_000));
                batch.add(new Capture(id(), consumer, sandbox(consumer), amount(), at));
            }
            for (var consumer : models.keySet()) { // the ledger sorts a batch by consumer, too
                batch.stream()
                        .filter(it -> it.consumer().equals(consumer))
                        .forEach(it -> expected.put(
                                it.id(),
                                new Money(models.get(consumer)
                                        .capture(it.sandbox(), it.amount().nanos(), it.at()))));
            }
            var other = new Capture(
                    batch.getFirst().id(),
                    batch.getFirst().consumer(),
                    "another",
                    batch.getFirst().amount(),
                    clock.instant());
            var prepaid = new TreeMap<String, Money>();
            boolean once = run(
                    batch.getFirst().consumer(),
                    batch.toString(),
                    inTransaction((handle, ledger) -> prepaid.putAll(ledger.capture(handle, batch))),
                    inTransaction((handle, ledger) -> ledger.capture(handle, List.of(other))));
            if (once) {
                prepaid.keySet().removeIf(id -> !expected.containsKey(id));
                assertThat(prepaid).as("prepaid of %s", batch).isEqualTo(expected);
            }
            models.keySet().forEach(this::compare);
        }

        private void release(String consumer) {
            var id = id();
            var sandbox = sandbox(consumer);
            long expected = models.get(consumer).release(sandbox);
            var given = new Money[1];
            var text = "release " + id + " of " + sandbox;
            boolean once = attempt(
                    text, inTransaction((handle, ledger) -> given[0] = ledger.release(handle, id, sandbox, "ended")));
            if (once) {
                assertThat(given[0]).as(text).isEqualTo(new Money(expected));
            }
        }

        private void correct(String consumer) {
            var id = id();
            var amount = random.nextBoolean() ? amount() : amount().negated();
            boolean fits = models.get(consumer).correct(id, amount.nanos());
            var text = "correct " + id + " by " + amount.nanos();
            Command command =
                    inTransaction((handle, ledger) -> ledger.correct(handle, id, consumer, null, amount, "wrong"));
            if (fits) {
                run(
                        consumer,
                        text,
                        command,
                        inTransaction((handle, ledger) ->
                                ledger.correct(handle, id, consumer, null, amount.negated(), "wrong")));
            } else {
                refused(ErrorCode.INVALID_ARGUMENT, text, command);
            }
        }

        private void changeTerms(String consumer) {
            var limit = random.nextInt(4) == 0 ? null : (Long) (long) random.nextInt(0, 60);
            var budget = random.nextInt(3) == 0 ? (Long) (long) random.nextInt(0, 300) : null;
            models.get(consumer).setTerms(limit, budget);
            var terms = new CreditTerms(
                    limit == null ? null : new Money(limit),
                    null,
                    budget == null ? null : new Budget(new Money(budget), Budget.Period.DAY));
            attempt(
                    "terms of " + consumer + ": " + terms,
                    (ledger, database) -> ledger.changeTerms(consumer, before -> terms));
        }

        /** Repeats an earlier command, or gives another one with its id. Neither changes anything. */
        private void again() {
            if (done.isEmpty()) {
                return;
            }
            var earlier = done.get(random.nextInt(done.size()));
            if (random.nextBoolean()) {
                attempt("again: " + earlier.text(), earlier.again());
            } else {
                refused(ErrorCode.CONFLICT, "other than " + earlier.text(), earlier.other());
            }
            models.keySet().forEach(this::compare);
        }

        /** Gives a command for the shared consumer. Half of the commands have an id and content that other threads use too. */
        private void onShared() {
            var common = random.nextBoolean();
            var id = common ? "common" + random.nextInt(500) : id();
            var content = common ? new SplittableRandom(id.hashCode()) : random;
            var sandbox = SHARED + content.nextInt(3);
            var amount = new Money(content.nextInt(1, 50));
            var correction = content.nextBoolean() ? amount : amount.negated();
            Command command = switch (content.nextInt(8)) {
                case 0 ->
                    (ledger, database) -> ledger.grant(
                            new Grant.Request(id, SHARED, Grant.Kind.PAID, amount, 0, START.plusSeconds(50_000), ""));
                case 1, 2 -> inTransaction((handle, ledger) -> ledger.release(handle, id, sandbox, ""));
                case 3 ->
                    inTransaction((handle, ledger) ->
                            ledger.capture(handle, List.of(new Capture(id, SHARED, sandbox, amount, START))));
                case 4 ->
                    inTransaction((handle, ledger) -> ledger.correct(handle, id, SHARED, sandbox, correction, ""));
                default ->
                    inTransaction((handle, ledger) -> {
                        boolean isKnown =
                                number(handle, "SELECT count(*) FROM ledger_transactions WHERE id = ?", id) > 0;
                        ledger.hold(
                                handle,
                                id,
                                SHARED,
                                sandbox,
                                amount,
                                clock.instant().plusSeconds(1 + amount.nanos() * 90));
                        if (!common
                                && !isKnown) { // a repeated hold is skipped: others may have captured beyond the limit
                            // since
                            requireLimit(handle, id);
                        }
                    });
            };
            try {
                attempt("shared " + id, command);
            } catch (SandboxException e) {
                assertThat(e.code()).isIn(ErrorCode.INSUFFICIENT_CREDITS, ErrorCode.INVALID_ARGUMENT);
            }
        }

        /** Fails if the hold exceeds the limit. The account is locked. */
        private void requireLimit(Handle handle, String id) {
            long added = number(
                    handle, "SELECT count(*) FROM ledger_entries WHERE transaction_id = ? AND credit = 'held'", id);
            long balance = number(handle, "SELECT coalesce(sum(remaining), 0) FROM grants WHERE consumer = ?", SHARED)
                    - number(handle, "SELECT overdraft FROM credit_accounts WHERE consumer = ?", SHARED);
            if (added > 0) {
                assertThat(balance).as("after hold %s", id).isGreaterThanOrEqualTo(-SHARED_LIMIT);
            }
        }

        private long number(Handle handle, String sql, String argument) {
            return handle.createQuery(sql).bind(0, argument).mapTo(Long.class).one();
        }

        private boolean run(String consumer, String text, Command command, Command other) {
            boolean once = attempt(text, command);
            done.add(new Done(consumer, text, command, other));
            return once;
        }

        private void refused(ErrorCode code, String text, Command command) {
            assertThatThrownBy(() -> attempt(text, command))
                    .as(text)
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(code));
        }

        /** Gives a command until its commit succeeds. Returns true if the first one did. */
        private boolean attempt(String text, Command command) {
            told.add(text);
            for (int tries = 0; ; tries++) {
                try {
                    int server = random.nextInt(ledgers.size());
                    command.on(ledgers.get(server), databases.get(server));
                    return tries == 0;
                } catch (Cut e) {
                    told.add("  cut");
                }
            }
        }

        private Command inTransaction(Part part) {
            return (ledger, database) -> database.write(handle -> part.on(handle, ledger));
        }

        private String id() {
            return "t" + number + "-" + ++ids;
        }

        private Money amount() {
            return new Money(random.nextInt(1, 50));
        }

        private String sandbox(String consumer) {
            return consumer + random.nextInt(4);
        }

        private void compareAll() {
            models.keySet().forEach(this::compare);
        }

        private void compare(String consumer) {
            var model = models.get(consumer);
            var ledger = ledgers.getFirst();
            var balance = ledger.balance(consumer);
            assertThat(List.of(
                            balance.granted().nanos(),
                            balance.balance().nanos(),
                            balance.held().nanos(),
                            balance.consumed().nanos(),
                            balance.expired().nanos()))
                    .as("granted, balance, held, consumed and expired of %s", consumer)
                    .containsExactly(model.granted(), model.balance(), model.held(), model.consumed(), model.expired());
            var available = balance.available();
            assertThat(available == null ? null : (Long) available.nanos())
                    .as("available to %s", consumer)
                    .isEqualTo(model.available());
            assertThat(ledger.grants(consumer).stream()
                            .map(grant -> grant.id() + "=" + grant.remaining().nanos())
                            .toList())
                    .as("grants of %s", consumer)
                    .isEqualTo(model.left());
            model.holds().forEach((sandbox, held) -> {
                var hold = ledger.hold(sandbox).orElseThrow();
                assertThat(List.of(hold.remaining().nanos(), hold.captured().nanos(), hold.isOpen(), hold.expiresAt()))
                        .as("remaining, captured, open and end of %s", sandbox)
                        .containsExactly(held.remaining(), held.captured(), held.isOpen(), held.until());
            });
        }
    }
}
