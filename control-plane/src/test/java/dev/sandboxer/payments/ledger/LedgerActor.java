package dev.sandboxer.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A thread that gives commands to the ledger, and compares the credits of its own consumers with a {@link LedgerModel} after each. */
final class LedgerActor {
    private final int number;
    private final SplittableRandom random;
    private final LedgerServers servers;
    private final InstantSource clock;
    private final Map<String, LedgerModel> models = new TreeMap<>();
    private final List<Done> done = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private int ids;

    /**
     * A command that was given.
     *
     * @param other another command with the same id
     */
    private record Done(String consumer, String text, LedgerCommand again, LedgerCommand other) {}

    LedgerActor(int number, SplittableRandom random, LedgerServers servers) {
        this.number = number;
        this.random = random;
        this.servers = servers;
        this.clock = servers.clock();
        for (String name : List.of("a", "b")) {
            var consumer = "t" + number + name;
            models.put(consumer, new LedgerModel(LedgerServers.START));
            changeTerms(consumer);
        }
    }

    /** Gives this many commands, some of whose commits fail. */
    void act(int commands) {
        servers.cutCommits(random.split());
        for (int i = 0; i < commands; i++) {
            if (random.nextInt(4) == 0) {
                onShared();
            } else {
                var consumer = "t" + number + (random.nextBoolean() ? "a" : "b");
                onOwn(consumer);
                compare(consumer);
            }
        }
        servers.cutCommits(null);
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
        LedgerCommand command = LedgerCommand.inTransaction(
                (handle, ledger) -> ledger.hold(handle, id, consumer, sandbox, amount, until));
        if (!fits) {
            refused(ErrorCode.INSUFFICIENT_CREDITS, text, command);
        } else if (models.get(consumer).holds().containsKey(sandbox)) {
            run(
                    consumer,
                    text,
                    command,
                    LedgerCommand.inTransaction((handle, ledger) ->
                            ledger.hold(handle, id, consumer, sandbox, amount.plus(new Money(1)), until)));
        }
    }

    /** Captures for several sandboxes of its own consumers and of the shared one. */
    private void capture() {
        var batch = new ArrayList<Capture>();
        var expected = new TreeMap<String, Money>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            var consumer =
                    random.nextInt(4) == 0 ? SharedConsumer.NAME : "t" + number + (random.nextBoolean() ? "a" : "b");
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
                LedgerCommand.inTransaction((handle, ledger) -> prepaid.putAll(ledger.capture(handle, batch))),
                LedgerCommand.inTransaction((handle, ledger) -> ledger.capture(handle, List.of(other))));
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
                text,
                LedgerCommand.inTransaction(
                        (handle, ledger) -> given[0] = ledger.release(handle, id, sandbox, "ended")));
        if (once) {
            assertThat(given[0]).as(text).isEqualTo(new Money(expected));
        }
    }

    private void correct(String consumer) {
        var id = id();
        var amount = random.nextBoolean() ? amount() : amount().negated();
        boolean fits = models.get(consumer).correct(id, amount.nanos());
        var text = "correct " + id + " by " + amount.nanos();
        LedgerCommand command = LedgerCommand.inTransaction(
                (handle, ledger) -> ledger.correct(handle, id, consumer, null, amount, "wrong"));
        if (fits) {
            run(
                    consumer,
                    text,
                    command,
                    LedgerCommand.inTransaction(
                            (handle, ledger) -> ledger.correct(handle, id, consumer, null, amount.negated(), "wrong")));
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
        try {
            attempt("shared " + id, SharedConsumer.command(id, common, content, clock));
        } catch (SandboxException e) {
            assertThat(e.code()).isIn(ErrorCode.INSUFFICIENT_CREDITS, ErrorCode.INVALID_ARGUMENT);
        }
    }

    private boolean run(String consumer, String text, LedgerCommand command, LedgerCommand other) {
        boolean once = attempt(text, command);
        done.add(new Done(consumer, text, command, other));
        return once;
    }

    private void refused(ErrorCode code, String text, LedgerCommand command) {
        assertThatThrownBy(() -> attempt(text, command))
                .as(text)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** Gives a command until its commit succeeds. Returns true if the first one did. */
    private boolean attempt(String text, LedgerCommand command) {
        told.add(text);
        for (int tries = 0; ; tries++) {
            try {
                servers.give(command, random);
                return tries == 0;
            } catch (LedgerServers.Cut e) {
                told.add("  cut");
            }
        }
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

    /** Advances the models to the present. */
    void advance() {
        models.values().forEach(model -> model.advance(clock.instant()));
    }

    /** Returns the commands that were given, in order. */
    String text() {
        return String.join("\n", told);
    }

    void compareAll() {
        models.keySet().forEach(this::compare);
    }

    private void compare(String consumer) {
        var model = models.get(consumer);
        var ledger = servers.ledger();
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
