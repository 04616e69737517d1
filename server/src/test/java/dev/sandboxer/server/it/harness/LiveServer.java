package dev.sandboxer.server.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.Home;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.Timeouts;
import dev.sandboxer.server.SandboxerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tools.jackson.databind.json.JsonMapper;

/** A running server with a new home, an API key and a sandbox, for all tests of a class. Everything is removed afterwards. */
public final class LiveServer implements BeforeAllCallback, AfterAllCallback {
    public static final JsonMapper JSON = new JsonMapper();

    /** The operator's key. */
    public static final String OPERATOR = "operators-key-for-tests-and-nothing-else";

    /** A configuration with two more profiles: one with a small disk, and one that no extension can run. */
    private static final String CONFIG = """
            profiles:
              profile.nowhere:
                route: [ext.absent]
                templates:
                  ext.absent: base
                cpu: 1
                memory: 256MiB
                disk: 1GiB
                ttl: 10m
                maxTtl: 1h
              profile.small:
                route: [ext.local]
                templates:
                  ext.local: base
                cpu: 1
                memory: 256MiB
                disk: 64MiB
                ttl: 15m
                maxTtl: 1h
            """;

    /** A configuration in which all sandboxes run in an E2B account. */
    private static final String CLOUD_CONFIG = """
            profiles:
              profile.base:
                route: [ext.e2b]
                templates:
                  ext.e2b: base
                cpu: 1
                memory: 512MiB
                disk: 2GiB
                ttl: 15m
                maxTtl: 1h
            """;

    private final Timeouts timeouts;
    private final Duration drain;
    private final LiveServer cloud;
    private final LiveServer.Sharing sharing;
    private String rates;
    private Path home;
    private Sandboxer installation;
    private SandboxerServer server;
    private InetSocketAddress address;
    private String key;
    private Guest sandbox;

    public LiveServer() {
        this(Timeouts.DEFAULT, Duration.ofSeconds(1));
    }

    public LiveServer(Timeouts timeouts, Duration drain) {
        this(timeouts, drain, null, null);
    }

    private LiveServer(Timeouts timeouts, Duration drain, LiveServer cloud, Sharing sharing) {
        this.timeouts = timeouts;
        this.drain = drain;
        this.cloud = cloud;
        this.sharing = sharing;
    }

    /** Sets price lists. Without them, sandboxes are free. */
    public LiveServer pricing(String yaml) {
        rates = yaml;
        return this;
    }

    /** A database and a master key for several servers. */
    public record Sharing(String url, Path masterKey) {
        public Map<String, String> environment() {
            return Map.of("SANDBOXER_DATABASE_URL", url, "SANDBOXER_MASTER_KEY_FILE", masterKey.toString());
        }
    }

    /** Returns one of several servers that share a database. Each counts as a separate host. */
    public static LiveServer of(Sharing sharing) {
        return new LiveServer(Timeouts.DEFAULT, Duration.ofSeconds(1), null, sharing);
    }

    /** Returns a server that uses another server as its E2B backend. Register it after that server. */
    public static LiveServer of(LiveServer cloud) {
        return new LiveServer(Timeouts.DEFAULT, Duration.ofSeconds(1), cloud, null);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        home = Files.createTempDirectory("sbx"); // short, because socket paths are limited
        Files.writeString(home.resolve("config.yaml"), cloud == null ? CONFIG : CLOUD_CONFIG);
        Files.writeString(home.resolve("operator.key"), OPERATOR + "\n");
        if (rates != null) {
            Files.writeString(home.resolve("rates.yaml"), rates);
        }
        installation = Sandboxer.open(new Home(home), environment(), InstantSource.system());
        start();
        key = installation.keys().create(Sandboxer.LOCAL_CONSUMER).secret();
        sandbox = create();
    }

    private Map<String, String> environment() {
        if (sharing != null) {
            return sharing.environment();
        }
        return cloud == null
                ? Map.of(
                        "SANDBOXER_OPERATOR_KEY_FILE",
                        home.resolve("operator.key").toString())
                : cloud.clientsEnvironment();
    }

    /** Starts the server, for the first time or again. */
    public void start() {
        server = SandboxerServer.start(
                installation, new Listen("127.0.0.1", 0), null, drain, timeouts, UnaryOperator.identity());
        var port = URI.create(server.url()).getPort();
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Stops the server, as a signal does. */
    public void stop() {
        server.close();
    }

    /** Returns the environment variables that make E2B's clients use this server. */
    private Map<String, String> clientsEnvironment() {
        return Map.of("E2B_API_KEY", key, "E2B_API_URL", url(), "E2B_SANDBOX_URL", url());
    }

    public String url() {
        return server.url();
    }

    public Sandboxer installation() {
        return installation;
    }

    public InetSocketAddress address() {
        return address;
    }

    public String key() {
        return key;
    }

    /** Returns the sandbox that exists from the beginning. */
    public Guest sandbox() {
        return sandbox;
    }

    public Guest create() throws IOException {
        return create("{\"templateID\":\"base\",\"timeout\":900}");
    }

    /** Creates another sandbox with the body of a request. */
    public Guest create(String request) throws IOException {
        var made = control("POST", "/v2/sandboxes", request);
        assertThat(made.status()).as(made.toString()).isEqualTo(201);
        var answer = JSON.readTree(made.body());
        return new Guest(
                this,
                answer.get("sandboxID").asString(),
                answer.get("envdAccessToken").asString());
    }

    /** Calls the control plane with the API key. */
    public Answer control(String method, String path, String body) throws IOException {
        return ask(method + " " + path + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key + "\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    public Wire connect() throws IOException {
        return Wire.connect(address);
    }

    /** Sends a request on a new connection and returns the answer. */
    public Answer ask(String request) throws IOException {
        try (var wire = connect()) {
            return wire.send(request).answer();
        }
    }

    /** Works in a sandbox through a session, not over HTTP. */
    public <T> T in(String id, Function<Session, T> work) {
        var sandboxes = installation.sandboxes();
        return sandboxes.use(sandboxes.get(Sandboxer.LOCAL_CONSUMER, id), work::apply);
    }

    /** Fails unless a command can be run in that sandbox. */
    public void serves(Guest guest) throws IOException {
        assertThat(guest.run("echo served")).isEqualTo("served\n");
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        try (var opened = installation) {
            for (var id : opened.sandboxes().live()) {
                opened.sandboxes().find(id).ifPresent(opened.sandboxes()::destroy);
            }
            opened.sandboxes().repair().repairUnfinished(); // completes work that another server left
            var snapshots = opened.sandboxes().snapshots();
            snapshots.list(Sandboxer.LOCAL_CONSUMER, null, null, null, 1000).forEach(snapshots::delete);
            server.close();
        }
        try (var files = Files.walk(home)) {
            var all = files.sorted(Comparator.reverseOrder()).toList();
            var sandboxes = home.resolve("local/s");
            assertThat(all).noneMatch(path -> sandboxes.equals(path.getParent()));
            for (Path path : all) {
                Files.deleteIfExists(path);
            }
        }
    }
}
