package dev.sandboxer.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.Home;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.Timeouts;
import dev.sandboxer.server.SandboxerServer;
import dev.sandboxer.server.ServerLog;
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
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tools.jackson.databind.json.JsonMapper;

/** A running server on a fresh home, an API key and a sandbox, for all tests of a class; nothing is left afterwards. */
final class LiveServer implements BeforeAllCallback, AfterAllCallback {
    static final JsonMapper JSON = new JsonMapper();
    /** One whose disk is soon full, beside the usual. */
    private static final String CONFIG = """
            profiles:
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

    /** Everything runs in an E2B account. */
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

    private final Timeouts patience;
    private final Duration drain;
    private final LiveServer cloud;
    private Path home;
    private Sandboxer installation;
    private SandboxerServer server;
    private InetSocketAddress address;
    private String key;
    private Guest sandbox;

    LiveServer() {
        this(Timeouts.DEFAULT, Duration.ofSeconds(1));
    }

    LiveServer(Timeouts patience, Duration drain) {
        this(patience, drain, null);
    }

    private LiveServer(Timeouts patience, Duration drain, LiveServer cloud) {
        this.patience = patience;
        this.drain = drain;
        this.cloud = cloud;
    }

    /** One whose sandboxes are another's, which to it is E2B. Has to be registered after that other. */
    static LiveServer of(LiveServer cloud) {
        return new LiveServer(Timeouts.DEFAULT, Duration.ofSeconds(1), cloud);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        ServerLog.choose(false);
        home = Files.createTempDirectory("sbx");
        Files.writeString(home.resolve("config.yaml"), cloud == null ? CONFIG : CLOUD_CONFIG);
        installation = Sandboxer.open(
                new Home(home), cloud == null ? Map.of() : cloud.clientsEnvironment(), InstantSource.system());
        start();
        key = installation.keys().create(Sandboxer.LOCAL_CONSUMER).secret();
        sandbox = create();
    }

    /** Begins to serve, for the first time or again. */
    void start() {
        server = SandboxerServer.start(installation, new Listen("127.0.0.1", 0), null, drain, patience);
        var port = URI.create(server.url()).getPort();
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** As a signal does it. */
    void stop() {
        server.close();
    }

    /** What E2B's clients need to come here. */
    private Map<String, String> clientsEnvironment() {
        var url = server.url();
        return Map.of("E2B_API_KEY", key, "E2B_API_URL", url, "E2B_SANDBOX_URL", url);
    }

    Sandboxer installation() {
        return installation;
    }

    InetSocketAddress address() {
        return address;
    }

    String key() {
        return key;
    }

    /** The one that is there from the beginning. */
    Guest sandbox() {
        return sandbox;
    }

    Guest create() throws IOException {
        return create("{\"templateID\":\"base\",\"timeout\":900}");
    }

    /** Another one, to be made of that. */
    Guest create(String request) throws IOException {
        var made = control("POST", "/sandboxes", request);
        assertThat(made.status()).as(made.toString()).isEqualTo(201);
        var answer = JSON.readTree(made.body());
        return new Guest(
                this,
                answer.get("sandboxID").asString(),
                answer.get("envdAccessToken").asString());
    }

    /** A call of the control plane. */
    Answer control(String method, String path, String body) throws IOException {
        return ask(method + " " + path + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key + "\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    Wire connect() throws IOException {
        return Wire.connect(address);
    }

    /** The answer to one request on a connection of its own. */
    Answer ask(String request) throws IOException {
        try (var wire = connect()) {
            return wire.send(request).answer();
        }
    }

    /** Whether it still does what a server is for. */
    void serves(Guest guest) throws IOException {
        assertThat(guest.run("echo served")).isEqualTo("served\n");
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        try (var opened = installation) {
            for (var id : opened.sandboxes().live()) {
                opened.sandboxes().find(id).ifPresent(opened.sandboxes()::destroy);
            }
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
