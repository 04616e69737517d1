package dev.sandboxer.bench;

import java.util.ArrayList;
import java.util.List;

/** Entry point: measures, prints, and records when asked. Judges nothing: a slow machine is no failure. */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) {
        try {
            var options = Options.parse(args);
            try (var cleanup = new Cleanup()) {
                measure(options, cleanup);
            }
        } catch (UsageException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
        } catch (Exception e) {
            if (!Cleanup.stopping()) {
                e.printStackTrace();
                System.exit(1);
            }
        }
    }

    private static void measure(Options options, Cleanup cleanup) throws Exception {
        var work = Workspace.prepare(options.work(), cleanup);
        var machine = Machine.look(options, work);
        machine.lines().forEach(System.out::println);

        var skipped = new ArrayList<String>();
        var bwrap = new Bwrap(work);
        var peers = present(List.of(bwrap, new Crun(work), new Podman(work), new Docker(work)), cleanup, skipped);
        var results = new Results();

        say("in one JVM: " + options.rounds() + " rounds");
        var database = postgres(skipped);
        try (var contract = new ContractRounds(work, cleanup);
                var plane = ControlPlaneRounds.onSqlite(work, cleanup);
                var onPostgres = database == null ? null : ControlPlaneRounds.onPostgres(database, work, cleanup);
                var routing = new RoutingRounds(work, cleanup)) {
            for (var round = -options.warmUp(); round < options.rounds(); round++) {
                results.keep(round >= 0);
                contract.round(results);
                plane.round(results);
                if (onPostgres != null) {
                    onPostgres.round(results);
                }
                routing.round(results);
                if (peers.contains(bwrap)) {
                    results.time(Results.Group.JVM_PEER, bwrap.name(), bwrap::runTrue);
                }
            }
        }

        say("the meter: " + options.ticks() + " rounds");
        measureMeter(MeteringRounds.onSqlite(work), options, results);
        if (database != null) {
            measureMeter(MeteringRounds.onPostgres(Postgres.database(), work), options, results);
        }

        say("the bill: " + options.billLines() + " lines, " + options.billRounds() + " rounds");
        BillRounds.measure(work, options.billLines(), options.billRounds(), results);
        say("ledger: " + options.rounds() + " rounds");
        try (var ledger = new LedgerRounds(database == null ? null : Postgres.database(), work, cleanup)) {
            for (var round = -options.warmUp(); round < options.rounds(); round++) {
                results.keep(round >= 0);
                ledger.round(results);
            }
        }

        say("deliveries: " + options.deliveries() + " rounds");
        try (var deliveries = new DeliveryRounds(database == null ? null : Postgres.database(), work, cleanup)) {
            for (var round = -options.deliveries(); round < options.deliveries(); round++) {
                results.keep(round >= 0);
                deliveries.round(results);
            }
        }

        if (database != null) {
            say("servers: " + options.batches() + " batches");
            try (var servers = new ServerRounds(options.dist(), Postgres.database(), work, cleanup)) {
                for (var round = -options.batches() / 2; round < options.batches(); round++) {
                    results.keep(round >= 0);
                    servers.round(results);
                }
            }
        }

        say("whole processes: " + options.processRounds() + " rounds");
        var cli = new Cli(options.dist(), work, cleanup);
        for (var round = -2; round < options.processRounds(); round++) {
            results.keep(round >= 0);
            cli.round(results);
            for (var peer : peers) {
                results.time(Results.Group.PROCESS, peer.name(), peer::runTrue);
            }
        }
        cli.close();

        say("at rest");
        var memory = RestMemory.measure(work, cleanup, options.resting());

        var report = new Report(machine, results, memory, skipped).text();
        System.out.println();
        System.out.print(report);
        if (options.record()) {
            Report.record(options.root().resolve("bench/RESULTS.md"), report);
        }
    }

    private static void measureMeter(MeteringRounds meter, Options options, Results results) throws Exception {
        try (meter) {
            for (var round = -2; round < options.ticks(); round++) {
                results.keep(round >= 0);
                meter.round(results);
            }
        }
    }

    /** Those that can run {@code true} on this machine; the others are named with the reason. */
    private static List<Peer> present(List<Peer> peers, Cleanup cleanup, List<String> skipped) {
        var present = new ArrayList<Peer>();
        for (var peer : peers) {
            try {
                cleanup.add(peer.name(), peer::removeAll);
                peer.prepare();
                peer.runTrue();
                present.add(peer);
            } catch (Exception e) {
                if (Cleanup.stopping()) {
                    throw new IllegalStateException("stopped", e);
                }
                skipped.add(peer.name() + ": " + e.getMessage());
                say("skipped, " + skipped.getLast());
            }
        }
        return present;
    }

    /** The URL of a database, or null with the reason among what is skipped. */
    private static String postgres(List<String> skipped) {
        try {
            return Postgres.database();
        } catch (Exception e) {
            skipped.add("PostgreSQL: " + e.getMessage());
            say("skipped, " + skipped.getLast());
            return null;
        }
    }

    private static void say(String line) {
        System.err.println("bench: " + line);
    }
}
