package dev.sandboxer.bench;

import dev.sandboxer.bench.payments.DeliveryRounds;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** All times, by group and name, in the order in which they were first taken. */
public final class Results {
    /** Sections of the report. */
    public enum Group {
        CONTRACT("In one JVM, through the extension contract (ext.local)"),
        CONTROL_PLANE("In one JVM, through the control plane on SQLite (durable rows included)"),
        ON_POSTGRES("In one JVM, through the control plane on PostgreSQL (durable rows included)"),
        ROUTING("In one JVM, the decision where a sandbox runs"),
        METERING("The meter over 10,000 sandboxes that run, with holds, on SQLite"),
        METERING_ON_POSTGRES("The meter over 10,000 sandboxes that run, with holds, on PostgreSQL"),
        BILL("In a JVM of its own with 256 MiB of heap, lines of the bill from SQLite"),
        LEDGER("In one JVM, the credits of one sandbox, each commit on the disk before it returns"),
        DELIVERY("In one JVM, " + DeliveryRounds.EVENTS + " events to a receiver on this machine"),
        JVM_PEER("In the same rounds, other programs: create, run `true`, remove"),
        SERVERS("Creations over HTTP, 8 clients, on one PostgreSQL, each batch until its last sandbox is ready"),
        PROCESS("Whole processes; other programs: create, run `true`, remove");

        final String title;

        Group(String title) {
            this.title = title;
        }
    }

    private final Map<Group, Map<String, Samples>> groups = new LinkedHashMap<>();
    private boolean keeping;

    /** Sets whether later times are kept, or dropped as warm-up. */
    public void keep(boolean value) {
        keeping = value;
    }

    public interface Action {
        void run() throws Exception;
    }

    public void time(Group group, String name, Action action) throws Exception {
        time(group, name, () -> {
            action.run();
            return true;
        });
    }

    public <T> T time(Group group, String name, Callable<T> action) throws Exception {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException();
        }
        var start = System.nanoTime();
        var result = action.call();
        var nanos = System.nanoTime() - start;
        if (keeping) {
            add(group, name, nanos);
        }
        return result;
    }

    /** Adds a time that was measured elsewhere. */
    public void add(Group group, String name, long nanos) {
        groups.computeIfAbsent(group, any -> new LinkedHashMap<>())
                .computeIfAbsent(name, any -> new Samples())
                .add(nanos);
    }

    public Map<String, Samples> of(Group group) {
        return groups.getOrDefault(group, Map.of());
    }

    public Optional<Samples> find(Group group, String name) {
        return Optional.ofNullable(of(group).get(name));
    }
}
