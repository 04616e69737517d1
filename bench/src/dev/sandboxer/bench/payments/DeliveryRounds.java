package dev.sandboxer.bench.payments;

import dev.sandboxer.bench.Cleanup;
import dev.sandboxer.bench.Results;
import dev.sandboxer.bench.Workspace;

import com.sun.net.httpserver.HttpServer;
import dev.sandboxer.bench.Results.Group;
import dev.sandboxer.hubs.Deliveries;
import dev.sandboxer.hubs.Hub;
import dev.sandboxer.hubs.HubEvent;
import dev.sandboxer.hubs.HubSettings;
import dev.sandboxer.hubs.Outbox;
import dev.sandboxer.store.Database;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;

/** Times the delivery of events to a receiver on this machine, and a bare loop of the same HTTP client. */
public final class DeliveryRounds implements AutoCloseable {
    public static final String BARE = "a bare loop of the HTTP client";
    public static final String ON_SQLITE = "the outbox on SQLite";
    public static final String ON_POSTGRES = "the outbox on PostgreSQL";

    public static final int EVENTS = 500;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TEXT = "x".repeat(1200);

    private final HttpServer receiver;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Mail sqlite;
    private final Mail postgres;
    private int sent;

    /** A database with an outbox, and its deliveries. */
    private record Mail(Database database, Outbox outbox, Deliveries deliveries) {
        static Mail open(Database database, HubSettings settings) {
            var clock = InstantSource.system();
            return new Mail(
                    database,
                    new Outbox("bench", settings, clock),
                    new Deliveries(database, settings, clock, new Random(1)));
        }

        void add(int first) {
            var entries = new ArrayList<Outbox.Entry>();
            for (var i = first; i < first + EVENTS; i++) {
                var event = new HubEvent("event" + i, "bench", "sandbox" + i / 3, Instant.now(), Map.of("text", TEXT));
                entries.add(new Outbox.Entry(Hub.FIN_HUB, event, "sandbox" + i / 3));
            }
            database.write(handle -> outbox.addAll(handle, entries));
        }

        void deliver() {
            var report = deliveries.deliverDue(LIMIT);
            if (report.delivered() != EVENTS) {
                throw new IllegalStateException("not all were delivered: " + report);
            }
        }

        void close() {
            deliveries.close();
            database.close();
        }
    }

    /** @param url of a PostgreSQL database; null = without */
    public DeliveryRounds(String url, Workspace work, Cleanup cleanup) throws Exception {
        cleanup.add("the deliveries", this::close);
        this.receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        receiver.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        var settings = HubSettings.read(Map.of("SANDBOXER_FIN_HUB_URL", address().toString()));
        var home = Files.createDirectories(work.resolve("deliveries"));
        this.sqlite = Mail.open(Database.open(home.resolve("sandboxer.db"), Map.of()), settings);
        this.postgres =
                url == null ? null : Mail.open(Database.open(home, Map.of("SANDBOXER_DATABASE_URL", url)), settings);
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/");
    }

    public void round(Results results) throws Exception {
        results.time(Group.DELIVERY, BARE, this::post);
        deliver(results, ON_SQLITE, sqlite);
        if (postgres != null) {
            deliver(results, ON_POSTGRES, postgres);
        }
    }

    private void deliver(Results results, String name, Mail mail) throws Exception {
        mail.add(sent);
        sent += EVENTS;
        results.time(Group.DELIVERY, name, mail::deliver);
    }

    private void post() throws Exception {
        for (var i = 0; i < EVENTS; i++) {
            var request = HttpRequest.newBuilder(address())
                    .POST(HttpRequest.BodyPublishers.ofString(TEXT))
                    .build();
            client.send(request, HttpResponse.BodyHandlers.discarding());
        }
    }

    private boolean closed;

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            client.close();
            sqlite.close();
            if (postgres != null) {
                postgres.close();
            }
            receiver.stop(0);
        }
    }
}
