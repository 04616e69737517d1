package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.config.Home;
import dev.sandboxer.e2b.E2bExtension;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.fakecloud.FakeE2b;
import dev.sandboxer.fakecloud.FaultPlan;
import dev.sandboxer.fakecloud.tck.OfflineExtension;
import dev.sandboxer.http.Listen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code ext.e2b} with an account at a {@link FakeE2b} server. The server is a second installation, which runs the sandboxes on this
 * machine.
 */
final class E2bFixture implements ExtensionFixture {
    private static final String PROFILE = """
            profiles:
              profile.tck:
                route: [ext.local]
                templates:
                  ext.local: base
                cpu: 1
                memory: 1GiB
                disk: 512MiB
                ttl: 15m
                maxTtl: 4h
            """;

    private final Path home = newHome();
    private final FakeE2b cloud = FakeE2b.start(
            new Home(home.resolve("c")), Listen.parse("127.0.0.1:0"), null, FaultPlan.NONE, InstantSource.system());

    private Credential credential(String key) {
        return new Credential(Map.of("api_key", key, "api_url", cloud.url(), "sandbox_url", cloud.url()));
    }

    @Override
    public Extension extension() {
        return new OfflineExtension(new E2bExtension(), Set.of(Capability.NETWORK_ALLOW));
    }

    @Override
    public ExtensionContext context() {
        return new ExtensionContext("tck", home.resolve("e2b"), InstantSource.system());
    }

    @Override
    public Credential credential() {
        return credential(cloud.key());
    }

    @Override
    public Optional<Credential> refusedCredential() {
        return Optional.of(credential("e2b_" + "0".repeat(40)));
    }

    @Override
    public String template() {
        return "tck";
    }

    /** A pause ends streams, as at E2B. */
    @Override
    public boolean streamsSurvivePause() {
        return false;
    }

    @Override
    public void close() {
        cloud.close();
        try (var paths = Files.walk(home)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a directory with a short path, because the path of a Unix socket has to be short. */
    private static Path newHome() {
        try {
            var home = Files.createTempDirectory("sbx");
            Files.writeString(Files.createDirectories(home.resolve("c")).resolve("config.yaml"), PROFILE);
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
