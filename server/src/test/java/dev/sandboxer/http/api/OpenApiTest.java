package dev.sandboxer.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.charging.SandboxCharges;
import dev.sandboxer.config.UnsecuredSandboxes;
import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.E2bServer;
import dev.sandboxer.http.e2b.control.UnsecuredPolicy;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.payments.rates.RateFile;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.routing.Prices;
import dev.sandboxer.templates.UploadedFiles;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    @Test
    void the_openapi_file_describes_exactly_the_served_routes() throws IOException {
        assertThat(described()).containsExactlyInAnyOrderElementsOf(served());
    }

    @Test
    void the_routes_that_create_a_sandbox_describe_our_own_headers() throws IOException {
        for (String path : List.of("/sandboxes", "/v2/sandboxes")) {
            assertThat(headers(path))
                    .as(path)
                    .containsExactlyInAnyOrder(
                            "X-Sandboxer-Credential", "X-Sandboxer-Prefer", "X-Sandboxer-Only", "X-Sandboxer-Max-Cost");
        }
    }

    private static List<String> headers(String path) throws IOException {
        var document = document();
        var shared = (Map<?, ?>) ((Map<?, ?>) document.get("components")).get("parameters");
        var route = (Map<?, ?>) ((Map<?, ?>) document.get("paths")).get(path);
        return ((List<?>) ((Map<?, ?>) route.get("post")).get("parameters"))
                .stream()
                        .map(parameter -> ((Map<?, ?>) parameter).get("$ref").toString())
                        .map(reference ->
                                (Map<?, ?>) shared.get(reference.substring("#/components/parameters/".length())))
                        .map(parameter -> parameter.get("name").toString())
                        .toList();
    }

    private List<String> served() {
        var installation = new TestInstallation(home);
        try (var process = installation.start()) {
            var catalogue = new ProfileCatalogue(installation.profile().name(), List.of(installation.profile()));
            var profiles = new ConsumerProfiles(() -> catalogue, process.consumers());
            var open = new ArrayList<Route>(
                    new OperatorRoutes(process.sandboxes(), home, () -> HostReserve.DEFAULT, new PrometheusRegistry())
                            .routes());
            open.addAll(new ConsumerAdminRoutes(process.consumers(), process.quotas(), new OperatorKey(null)).routes());
            var prices = new Prices(RateFile.of(new RateCards("USD", List.of())), installation.clock());
            open.addAll(
                    new CreditAdminRoutes(process.consumers(), process.ledger(), prices.rates(), new OperatorKey(null))
                            .routes());
            var charges = new SandboxCharges(process.ledger(), process.metering(), installation.clock());
            var own = new ArrayList<Route>(
                    new ApiRoutes(process.sandboxes(), profiles, process.registry(), process.router(), charges)
                            .routes());
            own.addAll(new CreditRoutes(profiles, process.router(), process.ledger(), prices).routes());
            var usage = new UsageRoutes(process.metering(), prices.rates(), installation.clock());
            open.addAll(usage.adminRoutes(process.consumers(), new OperatorKey(null)));
            own.addAll(usage.routes());
            own.addAll(new ConsumerRoutes(process.consumers(), profiles, process.quotas()).routes());
            var keys = new ApiKeys(process.database(), process.consumers(), installation.clock());
            try (var server = new E2bServer(
                    process.sandboxes(),
                    profiles,
                    keys,
                    new byte[32],
                    () -> "local",
                    new UnsecuredPolicy(() -> UnsecuredSandboxes.LOOPBACK, true),
                    () -> 1 << 20,
                    installation.clock(),
                    process.templates(profiles, installation.clock()),
                    new UploadedFiles(home.resolve("files"), installation.clock()),
                    open,
                    own)) {
                var all = new ArrayList<Route>(server.open());
                all.addAll(server.routes());
                var served = new ArrayList<String>();
                all.forEach(route -> served.add(route.method() + " " + route.pattern()));
                E2bServer.dataPlane()
                        .forEach((path, methods) -> methods.stream()
                                .filter(method -> !method.equals("HEAD")) // implied by GET
                                .forEach(method -> served.add(method + " " + path)));
                return served;
            }
        }
    }

    private static Set<String> described() throws IOException {
        var found = new TreeSet<String>();
        ((Map<?, ?>) document().get("paths"))
                .forEach((path, item) -> ((Map<?, ?>) item)
                        .keySet().stream()
                                .map(String::valueOf)
                                .filter(METHODS::contains)
                                .forEach(method -> found.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        return found;
    }

    private static Map<?, ?> document() throws IOException {
        try (var file = OperatorRoutes.class.getResourceAsStream("openapi.yaml")) {
            return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(file);
        }
    }
}
