package dev.sandboxer.bench;

import dev.sandboxer.bench.payments.BillRounds;
import dev.sandboxer.bench.payments.DeliveryRounds;
import dev.sandboxer.bench.payments.LedgerRounds;
import dev.sandboxer.bench.payments.MeteringRounds;
import dev.sandboxer.bench.peers.Bwrap;
import dev.sandboxer.bench.peers.Crun;
import dev.sandboxer.bench.peers.Docker;
import dev.sandboxer.bench.peers.Peer;
import dev.sandboxer.bench.peers.Podman;

import java.util.ArrayList;
import java.util.List;

/** Measures, prints the report and, if asked, records it. A missed aim is no failure. */
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

        var database = postgres(skipped);
        measureLives(options, database, peers.contains(bwrap) ? bwrap : null, work, cleanup, results);
        measureMeters(options, database, work, results);
        say("the bill: " + options.billLines() + " lines, " + options.billRounds() + " rounds");
        BillRounds.measure(work, options.billLines(), options.billRounds(), results);
        measureLedger(options, database, work, cleanup, results);
        measureDeliveries(options, database, work, cleanup, results);
        if (database != null) {
            measureServers(options, work, cleanup, results);
        }
        measureProcesses(options, peers, work, cleanup, results);
        say("at rest");
        var memory = RestMemory.measure(work, cleanup, options.resting());

        var report = new Report(machine, results, memory, skipped).text();
        System.out.println();
        System.out.print(report);
        if (options.record()) {
            Report.record(options.root().resolve("bench/RESULTS.md"), report);
        }
    }

    /** Measures in this JVM the lives of sandboxes and the decisions of routing. */
    private static void measureLives(
            Options options, String database, Bwrap bwrap, Workspace work, Cleanup cleanup, Results results)
            throws Exception {
        say("in one JVM: " + options.rounds() + " rounds");
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
                if (bwrap != null) {
                    results.time(Results.Group.JVM_PEER, bwrap.name(), bwrap::runTrue);
                }
            }
        }
    }

    private static void measureMeters(Options options, String database, Workspace work, Results results)
            throws Exception {
        say("the meter: " + options.ticks() + " rounds");
        measureMeter(MeteringRounds.onSqlite(work), options, results);
        if (database != null) {
            measureMeter(MeteringRounds.onPostgres(Postgres.database(), work), options, results);
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

    private static void measureLedger(
            Options options, String database, Workspace work, Cleanup cleanup, Results results) throws Exception {
        say("ledger: " + options.rounds() + " rounds");
        try (var ledger = new LedgerRounds(database == null ? null : Postgres.database(), work, cleanup)) {
            for (var round = -options.warmUp(); round < options.rounds(); round++) {
                results.keep(round >= 0);
                ledger.round(results);
            }
        }
    }

    private static void measureDeliveries(
            Options options, String database, Workspace work, Cleanup cleanup, Results results) throws Exception {
        say("deliveries: " + options.deliveries() + " rounds");
        try (var deliveries = new DeliveryRounds(database == null ? null : Postgres.database(), work, cleanup)) {
            for (var round = -options.deliveries(); round < options.deliveries(); round++) {
                results.keep(round >= 0);
                deliveries.round(results);
            }
        }
    }

    private static void measureServers(Options options, Workspace work, Cleanup cleanup, Results results)
            throws Exception {
        say("servers: " + options.batches() + " batches");
        try (var servers = new ServerRounds(options.dist(), Postgres.database(), work, cleanup)) {
            for (var round = -options.batches() / 2; round < options.batches(); round++) {
                results.keep(round >= 0);
                servers.round(results);
            }
        }
    }

    private static void measureProcesses(
            Options options, List<Peer> peers, Workspace work, Cleanup cleanup, Results results) throws Exception {
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
    }

    /** Returns the peers that can run {@code true} on this machine. Adds the others to {@code skipped}, with the reason. */
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

    /** Returns the URL of a new database; null, with the reason in {@code skipped}, when there is no PostgreSQL. */
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
