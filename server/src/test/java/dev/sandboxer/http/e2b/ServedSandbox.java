package dev.sandboxer.http.e2b;

import dev.sandboxer.charging.SandboxCharges;
import dev.sandboxer.config.UnsecuredSandboxes;
import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.http.HttpServer;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.api.ApiRoutes;
import dev.sandboxer.http.api.ConsumerAdminRoutes;
import dev.sandboxer.http.api.ConsumerRoutes;
import dev.sandboxer.http.api.CreditAdminRoutes;
import dev.sandboxer.http.api.CreditRoutes;
import dev.sandboxer.http.api.OperatorKey;
import dev.sandboxer.http.e2b.control.UnsecuredPolicy;
import dev.sandboxer.http.e2b.edge.Tokens;
import dev.sandboxer.http.ports.Peer;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.payments.rates.RateFile;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.profiles.TemplateNames;
import dev.sandboxer.routing.Prices;
import dev.sandboxer.templates.UploadedFiles;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.TestInstallation;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** E2B's API on a test installation, with one sandbox that resumes automatically. */
class ServedSandbox implements AutoCloseable {
    static final String OPERATOR = "operators-key-for-tests-and-nothing-else";

    /** The most bytes that pending answers of the sandbox may take. */
    static final long ANSWER_LIMIT = 2 << 20;

    private static final RateFile RATES = RateFile.of(new RateCards("USD", List.of()));
    private static final byte[] SECRET = "a key of the test".getBytes(StandardCharsets.UTF_8);

    private final ControlPlane process;
    private final E2bServer e2b;
    private final HttpServer server;
    private final Sandbox sandbox;
    private final ApiKeys keys;
    private final Tokens tokens = new Tokens(SECRET);
    private final AtomicReference<UnsecuredSandboxes> unsecured = new AtomicReference<>(UnsecuredSandboxes.LOOPBACK);

    /**
     * @param extension runs the sandbox
     */
    ServedSandbox(TestInstallation installation, Extension extension, boolean publicPorts) {
        process = installation.start(List.of(extension));
        var profile = TestInstallation.profile(extension.id());
        keys = new ApiKeys(process.database(), process.consumers(), installation.clock());
        // a second profile, so that a test can forbid one of them
        var catalogue = new ProfileCatalogue(profile.name(), List.of(profile, spare(profile)))
                .withTemplates(new TemplateNames(Map.of(
                        "opencode", profile.name(), "mastra-*", spare(profile).name())));
        var profiles = new ConsumerProfiles(() -> catalogue, process.consumers());
        e2b = new E2bServer(
                process.sandboxes(),
                profiles,
                keys,
                SECRET,
                () -> "sandboxes.test",
                new UnsecuredPolicy(unsecured::get, true),
                () -> ANSWER_LIMIT,
                installation.clock(),
                process.templates(profiles, installation.clock()),
                new UploadedFiles(installation.home().resolve("files"), installation.clock()),
                operatorsRoutes(),
                consumersRoutes(profiles, installation.clock()));
        server = new HttpServer(
                new Listen("127.0.0.1", 0), e2b.endpoint(), new PrometheusRegistry(), Duration.ofSeconds(1));
        server.start();
        sandbox = process.sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, profile)
                        .env(Map.of("OURS", "1"))
                        .metadata(Map.of("a", "b", "c", "d"))
                        .terms(new Terms(OnTimeout.KILL, true, null, publicPorts, null, null))
                        .build());
    }

    private List<Route> operatorsRoutes() {
        var key = new OperatorKey(OPERATOR);
        var routes = new ArrayList<Route>(new ConsumerAdminRoutes(process.consumers(), process.quotas(), key).routes());
        routes.addAll(new CreditAdminRoutes(process.consumers(), process.ledger(), RATES, key).routes());
        return routes;
    }

    private List<Route> consumersRoutes(ConsumerProfiles profiles, InstantSource clock) {
        var routes = new ArrayList<Route>(new ConsumerRoutes(process.consumers(), profiles, process.quotas()).routes());
        routes.addAll(
                new CreditRoutes(profiles, process.router(), process.ledger(), new Prices(RATES, clock)).routes());
        var charges = new SandboxCharges(process.ledger(), process.metering(), clock);
        routes.addAll(
                new ApiRoutes(process.sandboxes(), profiles, process.registry(), process.router(), charges).routes());
        return routes;
    }

    private static Profile spare(Profile like) {
        return like.toBuilder().name(new ProfileName("profile.spare")).build();
    }

    /** Sets the operator's setting for sandboxes without a token. The initial value is LOOPBACK, which allows them. */
    final void unsecured(UnsecuredSandboxes setting) {
        unsecured.set(setting);
    }

    /** Sets the limits of the consumer that owns the sandbox. */
    final void limit(ConsumerLimits limits) {
        process.consumers().setLimits(TestInstallation.ME, limits, limits.set());
    }

    /** Disables the sandbox's owner. */
    final void disableOwner() {
        process.consumers().disable(TestInstallation.ME);
    }

    final Ledger ledger() {
        return process.ledger();
    }

    final Sandboxes sandboxes() {
        return process.sandboxes();
    }

    final Sandbox sandbox() {
        return process.sandboxes().find(sandbox.id()).orElseThrow();
    }

    final String token() {
        return tokens.access(sandbox.id());
    }

    /** Returns a new key of the sandbox's owner. */
    final String key() {
        return keys.create(TestInstallation.ME).secret();
    }

    final String trafficToken() {
        return tokens.traffic(sandbox.id());
    }

    /** Returns the header lines with the address of the sandbox's daemon and its token. */
    final String opening() {
        return "E2b-Sandbox-Id: " + sandbox.id() + "\r\nE2b-Sandbox-Port: 49983\r\nX-Access-Token: " + token() + "\r\n";
    }

    /** Returns the header lines with the address of a port of the sandbox. */
    final String port(int port) {
        return "E2b-Sandbox-Id: " + sandbox.id() + "\r\nE2b-Sandbox-Port: " + port + "\r\n";
    }

    final Peer connect() throws IOException {
        return Peer.connect(new InetSocketAddress("127.0.0.1", server.port()));
    }

    /** Sends a request with {@code Connection: close} and returns the whole answer and how the connection ended. */
    final String ask(String request) throws IOException {
        try (var client = connect()) {
            return client.send(request).restAndEnd();
        }
    }

    /**
     * Sends a request with a body and returns the whole answer.
     *
     * @param headers header lines, without the last line break
     */
    final String ask(String method, String path, String headers, String body) throws IOException {
        return ask(method + " " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n" + body);
    }

    /** Calls a method of the sandbox's services and returns the whole answer. */
    final String call(String method, String type, String body) throws IOException {
        return ask("POST", "/" + method, opening() + "Content-Type: " + type, body);
    }

    /** Calls a unary method of the sandbox's services with JSON and returns the whole answer. */
    final String call(String method, String json) throws IOException {
        return call(method, "application/json", json);
    }

    @Override
    public void close() throws IOException {
        server.close();
        e2b.close();
        process.close();
    }
}
