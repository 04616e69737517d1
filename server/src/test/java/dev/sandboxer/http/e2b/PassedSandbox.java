package dev.sandboxer.http.e2b;

import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.HttpTarget;
import dev.sandboxer.http.HttpServer;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.e2b.edge.Target;
import dev.sandboxer.http.e2b.edge.Tokens;
import dev.sandboxer.http.ports.InsideServer;
import dev.sandboxer.http.ports.Peer;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.OnTimeout;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.Terms;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeCloud;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.TestInstallation;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Our whole server, with a sandbox of a backend that is reached over HTTP; that one does what a script says. */
final class PassedSandbox implements AutoCloseable {
    static final String BACKENDS_TOKEN = "the-token-of-the-backend";
    private static final byte[] SECRET = "a key of the test".getBytes(StandardCharsets.UTF_8);

    private final InsideServer backend;
    private final TestInstallation installation;
    private final ControlPlane process;
    private final E2bServer e2b;
    private final HttpServer server;
    private final Sandbox sandbox;
    private final ApiKeys keys;
    private final Tokens tokens = new Tokens(SECRET);

    PassedSandbox(Path home, InsideServer.Script script) throws IOException {
        this(home, script, true);
    }

    PassedSandbox(Path home, InsideServer.Script script, boolean publicPorts) throws IOException {
        backend = new InsideServer(script);
        installation = new TestInstallation(home);
        var first = (FakeExtension) installation.extensions().getFirst();
        var capabilities = new HashSet<>(first.capabilities());
        capabilities.add(Capability.HTTP_PASSAGE);
        process = installation.start(List.of(first.with(capabilities)));
        cloud().serve(Set.of(Target.ENVD_PROTOCOL));
        reach(backend.address());
        var profile = TestInstallation.profile(first.id());
        var consumers = new Consumers(process.store(), installation.clock());
        keys = new ApiKeys(process.store(), consumers, installation.clock());
        e2b = new E2bServer(
                process.sandboxes(),
                () -> new ProfileCatalogue(profile.name(), List.of(profile)),
                keys,
                SECRET,
                () -> "sandboxes.test",
                installation.clock(),
                List.of(),
                List.of());
        server = new HttpServer(
                new Listen("127.0.0.1", 0), e2b.endpoint(), new PrometheusRegistry(), Duration.ofSeconds(1));
        server.start();
        sandbox = process.sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, profile)
                        .env(Map.of("OURS", "1"))
                        .terms(new Terms(OnTimeout.KILL, true, null, publicPorts, null))
                        .build());
    }

    /** The backend is there from now on. */
    void reach(InetSocketAddress address) {
        var origin = URI.create("http://127.0.0.1:" + address.getPort() + "/cloud");
        cloud().reach(port -> new HttpTarget(
                origin,
                port == Target.ENVD_PORT
                        ? Map.of("E2b-Sandbox-Id", "theirs", "X-Access-Token", BACKENDS_TOKEN)
                        : Map.of("E2b-Sandbox-Id", "theirs", "E2b-Sandbox-Port", Integer.toString(port))));
    }

    FakeCloud cloud() {
        return installation.first();
    }

    Sandboxes sandboxes() {
        return process.sandboxes();
    }

    Sandbox sandbox() {
        return process.sandboxes().find(sandbox.id()).orElseThrow();
    }

    String token() {
        return tokens.access(sandbox.id());
    }

    /** A new key of the sandbox's owner. */
    String key() {
        return keys.create(TestInstallation.ME).secret();
    }

    String trafficToken() {
        return tokens.traffic(sandbox.id());
    }

    /** The lines with which a client says which sandbox it means, and that it may. */
    String opening() {
        return "E2b-Sandbox-Id: " + sandbox.id() + "\r\nE2b-Sandbox-Port: 49983\r\nX-Access-Token: " + token() + "\r\n";
    }

    String port(int port) {
        return "E2b-Sandbox-Id: " + sandbox.id() + "\r\nE2b-Sandbox-Port: " + port + "\r\n";
    }

    Peer connect() throws IOException {
        return Peer.connect(new InetSocketAddress("127.0.0.1", server.port()));
    }

    /** Everything that is answered to a request, which asks for the end of the connection, and how it ends. */
    String ask(String request) throws IOException {
        try (var client = connect()) {
            return client.send(request).restAndEnd();
        }
    }

    /** What failed in the script. */
    void check() throws Exception {
        backend.check();
    }

    InsideServer backend() {
        return backend;
    }

    @Override
    public void close() throws IOException {
        server.close();
        e2b.close();
        process.close();
        backend.close();
    }
}
