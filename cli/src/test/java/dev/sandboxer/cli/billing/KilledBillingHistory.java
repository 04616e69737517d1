package dev.sandboxer.cli.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.charging.ChargeAudit;
import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.serve.ServerProcess;
import dev.sandboxer.config.Home;
import dev.sandboxer.hubs.HostileHub;
import dev.sandboxer.hubs.HostileReceiver;
import dev.sandboxer.payments.ledger.LedgerAudit;
import dev.sandboxer.store.Database;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One round: consumers create, pause, extend and end sandboxes of a fake cloud through servers that are killed repeatedly. Commands that
 * deliver, replay, grant and run are killed too. The fin-hub is hostile and sometimes down for hours. At the end the killing stops and the
 * hub accepts everything; its sums must then equal the ledger's.
 */
final class KilledBillingHistory implements AutoCloseable {
    private static final Duration CHAOS = Duration.ofSeconds(12);
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int SHOPPERS = 3;
    private static final int MIN_SANDBOXES = 5;
    private static final long HOURS_MS = Duration.ofHours(2).toMillis();
    private static final String SECRET = "whsec_ZmFrZS1zZWNyZXQtb2Yta2lsbGVkLWJpbGxpbmc=";

    /** The consumers. The second soon runs out of credit. */
    private static final List<String> CONSUMERS = List.of(Sandboxer.LOCAL_CONSUMER, "acme", "umbrella");

    /** Prices whose products have more decimal places than amounts have. */
    private static final String RATES = """
            rates:
              test-1: {extension: ext.saas-stub, from: 2026-01-01, cpuSecond: 0.0012345678, memoryGiBSecond: 0.000345678,
                creation: 0.0001}
            """;

    private static final List<List<String>> COMMANDS = List.of(
            List.of("billing", "deliver"),
            List.of("billing", "replay", "--from", "1h"),
            List.of("credits", "grant", "acme", "0.01"),
            List.of("run", "-p", "saas-stub", "--consumer", "umbrella", "--", "true"));

    private final SplittableRandom random;
    private final HostileHub hub;
    private final HostileReceiver receiver;
    private final KillSwitch kills = new KillSwitch();
    private final List<Cli> homes = new ArrayList<>();
    private final List<ServerProcess> servers = new ArrayList<>();
    private final Map<String, String> keys = new TreeMap<>();
    private final List<LoadClient> shoppers = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Database database;
    private int killed;

    KilledBillingHistory(long seed, int count, HostileHub hub, Map<String, String> more) throws IOException {
        this.random = new SplittableRandom(seed);
        this.hub = hub;
        this.receiver = new HostileReceiver(SECRET, InstantSource.system(), new Random(seed));
        var first = Cli.onFreshHome();
        var environment = new HashMap<>(more);
        environment.put("SANDBOXER_FIN_HUB_URL", hub.url().toString());
        environment.put("SANDBOXER_FIN_HUB_SECRET", SECRET);
        environment.put(
                "SANDBOXER_MASTER_KEY_FILE",
                first.home().resolve("master-key.json").toString());
        for (int i = 0; i < count; i++) {
            var home = (i == 0 ? first : Cli.onFreshHome()).with(environment);
            Files.writeString(home.home().resolve("rates.yaml"), RATES);
            homes.add(home);
            servers.add(new ServerProcess(home.process()));
        }
        this.database = Database.open(
                first.home().resolve("sandboxer.db"), homes.getFirst().environment());
    }

    /** Runs the round. Fails if the hub's sums per consumer and day differ from the ledger's at the end. */
    void run() throws Exception {
        hub.behave(this::receive);
        prepare();
        for (ServerProcess server : servers) {
            server.start();
        }
        for (int i = 0; i < SHOPPERS; i++) {
            shoppers.add(new LoadClient(random.split(), servers, keys));
        }
        var threads = shoppers.stream().map(Thread.ofVirtual()::start).toList();
        var end = System.nanoTime() + CHAOS.toNanos();
        while (System.nanoTime() < end || made() < MIN_SANDBOXES) { // a killed server may take long to restart
            step();
        }
        shoppers.forEach(LoadClient::end);
        for (Thread thread : threads) {
            thread.join();
        }
        settle();
        check();
    }

    private int made() {
        return shoppers.stream().mapToInt(LoadClient::made).sum();
    }

    private void prepare() {
        homes.getFirst().run("consumers", "add", "acme");
        homes.getFirst().run("consumers", "add", "umbrella");
        homes.getFirst().run("credits", "grant", "acme", "0.03");
        homes.getFirst().run("credits", "grant", "umbrella", "1000", "--free");
        try (var installation = Sandboxer.open(
                new Home(homes.getFirst().home()), homes.getFirst().environment(), InstantSource.system())) {
            CONSUMERS.forEach(consumer ->
                    keys.put(consumer, installation.keys().create(consumer).secret()));
        }
    }

    /** Handles a request to the hub; adds kills and outages to the faults of {@link HostileReceiver}. */
    private void receive(Socket socket, HostileHub.Request request) throws IOException, InterruptedException {
        kills.reached(KillSwitch.Step.SENT);
        if (receiver.hangs()) {
            var _ = socket.getInputStream().read(); // until the client gives up
            return;
        }
        receiver.on(socket, request);
        kills.reached(KillSwitch.Step.ANSWERED);
    }

    private void step() throws Exception {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(200, 1_500));
        hoursPass(); // otherwise most of a round would be spent waiting for a hub that has failed
        var server = servers.get(random.nextInt(servers.size()));
        switch (random.nextInt(8)) {
            case 0, 1 -> killAt(server, KillSwitch.Step.SENT);
            case 2, 3 -> killAt(server, KillSwitch.Step.ANSWERED);
            case 4, 5 -> {
                server.kill();
                tell("killed at some time");
            }
            case 6 -> killCommand();
            default -> beDownForHours();
        }
        if (!server.isAlive()) {
            killed++;
            server.start();
        }
    }

    private void killAt(ServerProcess server, KillSwitch.Step step) throws InterruptedException {
        if (!kills.kill(server, step)) {
            server.kill();
            tell("killed while no event was " + step);
        } else {
            tell("killed when an event was " + step);
        }
    }

    private void killCommand() throws InterruptedException {
        var command = COMMANDS.get(random.nextInt(COMMANDS.size()));
        var home = homes.get(random.nextInt(homes.size()));
        var process = home.process().start(command.toArray(String[]::new));
        var ended = process.waitFor(random.nextInt(200, 1_500), TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
        tell((ended ? "done: " : "killed: ") + String.join(" ", command));
    }

    private void beDownForHours() throws InterruptedException {
        hub.goDown();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(500, 2_000));
        hoursPass();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
        hub.comeUp();
        tell("the hub was down for hours");
    }

    /** Makes everything due now that would become due within the next hours. */
    private void hoursPass() {
        database.write(handle -> {
            handle.execute("UPDATE outbox_hubs SET paused_until = paused_until - ?", HOURS_MS);
            handle.execute("UPDATE outbox_queues SET due_at = due_at - ?", HOURS_MS);
        });
    }

    /** Ends all sandboxes and waits until all events are delivered. */
    private void settle() throws Exception {
        receiver.heal();
        await().atMost(LIMIT).pollDelay(Duration.ZERO).until(() -> {
            for (String key : keys.values()) {
                LoadClient.endAll(servers.getLast(), key);
            }
            return live() == 0;
        });
        await().atMost(LIMIT).pollDelay(Duration.ZERO).until(() -> {
            hoursPass();
            TimeUnit.MILLISECONDS.sleep(500);
            var status = finHub();
            assertThat(status.path("dead").asInt()).as("dead letters").isZero();
            return status.path("waiting").asInt() == 0;
        });
        for (ServerProcess server : servers) {
            assertThat(server.stop()).as("status of a server").isZero();
        }
    }

    private int live() {
        return database.read(
                handle -> handle.createQuery("SELECT count(*) FROM sandboxes WHERE state NOT IN ('STOPPED', 'FAILED')")
                        .mapTo(int.class)
                        .one());
    }

    private JsonNode finHub() {
        var said = homes.getFirst().run("billing", "status", "--json").out();
        for (JsonNode status : JsonMapper.shared().readTree(said)) {
            if (status.path("hub").asString().equals("fin-hub")) {
                return status;
            }
        }
        throw new AssertionError(said);
    }

    private void check() {
        var ledger = LedgerAudit.of(database);
        ledger.check();
        assertThat(ledger.holds())
                .as("holds of sandboxes that have ended")
                .allSatisfy(hold -> assertThat(hold.columns().get("closed_at")).isNotNull());
        var bodies = receiver.bodies();
        assertThat(receiver.problems()).as("what came to the hub").isEmpty();
        assertThat(bodies).as("events at the hub, by id").isEqualTo(outbox());
        var events = bodies.values().stream().map(JsonMapper.shared()::readTree).toList();
        assertThat(ChargeAudit.byDay(events))
                .as("what the hub has, by consumer and day")
                .isNotEmpty()
                .isEqualTo(ledger.spentByDay());
        assertThat(shoppers)
                .allSatisfy(shopper -> assertThat(shopper.problems()).isEmpty());
        assertThat(servers)
                .allSatisfy(server -> assertThat(server.log()).noneMatch(line -> line.contains("\"ERROR\"")));
        assertThat(homes).allSatisfy(home -> assertThat(home.directories()).isEmpty());
        assertThat(killed).as("servers that were killed").isPositive();
    }

    private Map<String, String> outbox() {
        var bodies = new HashMap<String, String>();
        database.read(handle -> handle.createQuery("SELECT id, body FROM outbox WHERE hub = 'FIN_HUB'")
                        .mapToMap()
                        .list())
                .forEach(row -> bodies.put(String.valueOf(row.get("id")), String.valueOf(row.get("body"))));
        return bodies;
    }

    private void tell(String what) {
        told.add(Instant.now() + " " + what);
    }

    String text() {
        var logs = servers.stream()
                .flatMap(server -> server.log().stream())
                .filter(line -> line.contains("\"ERROR\"") || line.contains("\"WARN\""))
                .toList();
        return String.join("\n", told) + "\n"
                + shoppers.stream().map(LoadClient::answers).toList() + "\n" + String.join("\n", logs);
    }

    String summary() {
        return killed + " kills of a server, " + kills.count() + " of them in a delivery; "
                + made() + " sandboxes, "
                + receiver.bodies().size() + " events in " + hub.requests().size() + " requests";
    }

    @Override
    public void close() {
        shoppers.forEach(LoadClient::end);
        for (ServerProcess server : servers) {
            server.close();
        }
        database.close();
        homes.forEach(Cli::close);
    }
}
