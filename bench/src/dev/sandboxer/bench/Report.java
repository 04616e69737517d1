package dev.sandboxer.bench;

import dev.sandboxer.bench.payments.BillRounds;
import dev.sandboxer.bench.payments.DeliveryRounds;
import dev.sandboxer.bench.payments.LedgerRounds;
import dev.sandboxer.bench.payments.MeteringRounds;

import dev.sandboxer.bench.Results.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Formats the figures as Markdown that is also readable on a terminal. */
record Report(Machine machine, Results results, RestMemory memory, List<String> skipped) {
    String text() {
        var out = new StringBuilder("## " + machine.title() + "\n\n");
        machine.lines().forEach(line -> line(out, line));
        line(out, "- load at the end " + Machine.load());
        for (var group : Group.values()) {
            times(out, group);
        }
        rest(out);
        aims(out);
        skipped.forEach(peer -> line(out, "\nSkipped: " + peer));
        return out.toString();
    }

    private void times(StringBuilder out, Group group) {
        if (results.of(group).isEmpty()) {
            return;
        }
        line(out, "\n" + group.title + ":\n");
        row(out, "", "n", "median ms", "p99 ms");
        row(out, "---", "--:", "--:", "--:");
        results.of(group)
                .forEach((name, samples) -> row(
                        out, name, Integer.toString(samples.count()), ms(samples.medianMs()), ms(samples.p99Ms())));
    }

    private void rest(StringBuilder out) {
        line(out, "\nMemory at rest, the mean of " + memory.count() + " sandboxes:\n");
        line(out, "| %-42s | %8s |".formatted("", "KiB"));
        line(out, "| %-42s | %8s |".formatted("---", "--:"));
        memory.kibibytes().forEach((name, kibibytes) -> line(out, "| %-42s | %8d |".formatted(name, kibibytes)));
    }

    /** Compares the figures with their aims. For information: a missed aim is no failure. */
    private void aims(StringBuilder out) {
        line(out, "\nAims:\n");
        var create = results.find(Group.CONTRACT, ContractRounds.CREATE).map(Samples::medianMs);
        var bwrap = results.of(Group.JVM_PEER).values().stream().map(Samples::medianMs).findFirst();
        if (create.isPresent() && bwrap.isPresent()) {
            line(out, "- create / plain bwrap: %s (aim: 2 at most)".formatted(ms(create.get() / bwrap.get())));
        }
        added(out, "SQLite", create, Group.CONTROL_PLANE, 15);
        added(out, "PostgreSQL", create, Group.ON_POSTGRES, 20);
        var through = results.find(Group.CONTROL_PLANE, ContractRounds.CREATE).map(Samples::medianMs);
        var decision = results.find(Group.ROUTING, RoutingRounds.IN_ORDER).map(Samples::medianMs);
        if (through.isPresent() && decision.isPresent()) {
            line(out, "- a decision over ten candidates: %s %% of a local create (aim: 1 at most)"
                    .formatted(ms(100 * decision.get() / through.get())));
        }
        meter(out, "SQLite", Group.METERING);
        meter(out, "PostgreSQL", Group.METERING_ON_POSTGRES);
        bill(out);
        ledger(out);
        delivery(out, DeliveryRounds.ON_SQLITE);
        delivery(out, DeliveryRounds.ON_POSTGRES);
        servers(out);
        aim(out, "exec", results.find(Group.CONTRACT, ContractRounds.EXEC), 2);
        aim(out, "`ls`", results.find(Group.PROCESS, Cli.LS), 150);
        results.find(Group.PROCESS, Cli.RUN).map(Samples::medianMs).ifPresent(run -> {
            var others = results.of(Group.PROCESS).entrySet().stream()
                    .filter(entry -> !entry.getKey().startsWith("sandboxer"))
                    .map(entry -> entry.getKey() + " " + ms(entry.getValue().medianMs()))
                    .toList();
            line(out, "- `run -- true`: %s ms (aim: ahead of every container CLI; %s)"
                    .formatted(ms(run), others.isEmpty() ? "none here" : String.join(", ", others)));
        });
        line(out, "- memory at rest: %d KiB PSS, %d KiB RSS (aim: 2048 at most)"
                .formatted(memory.processes("PSS"), memory.processes("RSS")));
    }

    private void added(StringBuilder out, String database, Optional<Double> bare, Group group, int most) {
        var through = results.find(group, ContractRounds.CREATE).map(Samples::medianMs);
        if (bare.isPresent() && through.isPresent()) {
            line(out, "- what the control plane adds to a create on %s: %s %% (aim: %d at most)"
                    .formatted(database, ms(100 * (through.get() / bare.get() - 1)), most));
        }
    }

    private void meter(StringBuilder out, String database, Group group) {
        results.find(group, MeteringRounds.MINUTE)
                .ifPresent(tick -> line(out, "- a tick of the meter on %s: %s %% of its interval (aim: 5 at most)"
                        .formatted(database, ms(100 * tick.medianMs() / MeteringRounds.INTERVAL_MS))));
    }

    private void bill(StringBuilder out) {
        var read = results.find(Group.BILL, BillRounds.READ).map(Samples::medianMs);
        var export = results.find(Group.BILL, BillRounds.EXPORT).map(Samples::medianMs);
        if (read.isPresent() && export.isPresent()) {
            line(out, "- a bill as CSV / a bare read of its rows, speed: %s (aim: 0.5 at least)"
                    .formatted(ms(read.get() / export.get())));
        }
    }

    private void delivery(StringBuilder out, String how) {
        var bare = results.find(Group.DELIVERY, DeliveryRounds.BARE).map(Samples::medianMs);
        var ours = results.find(Group.DELIVERY, how).map(Samples::medianMs);
        if (bare.isPresent() && ours.isPresent()) {
            line(out, "- deliveries by %s / %s, speed: %s (aim: 0.5 at least)"
                    .formatted(how, DeliveryRounds.BARE, ms(bare.get() / ours.get())));
        }
    }

    private void ledger(StringBuilder out) {
        var bare = results.find(Group.LEDGER, LedgerRounds.BARE).map(samples -> commitsPerSecond(samples, 1));
        ledger(out, bare, LedgerRounds.ON_SQLITE, 1, "one after the other on SQLite", "0.5");
        ledger(out, bare, LedgerRounds.ON_POSTGRES, LedgerRounds.BATCH, "by 8 clients on PostgreSQL", "1");
    }

    private void ledger(
            StringBuilder out, Optional<Double> bare, String name, int sandboxes, String how, String least) {
        var ours = results.find(Group.LEDGER, name).map(samples -> commitsPerSecond(samples, sandboxes));
        if (bare.isPresent() && ours.isPresent()) {
            line(out, "- commits of the ledger a second: %s %s, %s bare on SQLite, ratio %s (aim: %s at least)"
                    .formatted(ms(ours.get()), how, ms(bare.get()), ms(ours.get() / bare.get()), least));
        }
    }

    private static double commitsPerSecond(Samples times, int sandboxes) {
        return 1000.0 * LedgerRounds.COMMITS * sandboxes / times.medianMs();
    }

    private void servers(StringBuilder out) {
        var one = results.find(Group.SERVERS, ServerRounds.ONE).map(Report::creationsPerSecond);
        var two = results.find(Group.SERVERS, ServerRounds.TWO).map(Report::creationsPerSecond);
        if (one.isPresent() && two.isPresent()) {
            line(out, "- creations a second: %s through one server, %s through two, ratio %s (aim: 1 at least)"
                    .formatted(ms(one.get()), ms(two.get()), ms(two.get() / one.get())));
        }
    }

    private static double creationsPerSecond(Samples batches) {
        return 1000 * ServerRounds.BATCH / batches.medianMs();
    }

    private static void aim(StringBuilder out, String name, Optional<Samples> samples, int most) {
        samples.ifPresent(found ->
                line(out, "- " + name + ": " + ms(found.medianMs()) + " ms (aim: " + most + " at most)"));
    }

    private static void row(StringBuilder out, String name, String n, String median, String p99) {
        line(out, "| %-42s | %5s | %10s | %10s |".formatted(name, n, median, p99));
    }

    private static void line(StringBuilder out, String text) {
        out.append(text).append('\n');
    }

    private static String ms(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    static void record(Path file, String text) throws IOException {
        Files.writeString(file, "\n" + text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
