package dev.sandboxer.fakecloud.modaltck;

import dev.sandboxer.config.Home;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.fakecloud.FaultPlan;
import dev.sandboxer.fakecloud.modal.FakeModal;
import dev.sandboxer.fakecloud.modal.TokenPair;
import dev.sandboxer.fakecloud.tck.OfflineExtension;
import dev.sandboxer.http.Listen;
import dev.sandboxer.modal.ModalExtension;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.Image;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import io.grpc.Metadata;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code ext.modal} in an account at our own server as {@code fake-cloud} starts it, which speaks Modal's protocol and runs sandboxes on
 * this machine: two installations, one of which is the other's cloud.
 */
final class ServedModal implements ExtensionFixture {
    private static final String IMAGE = "sandboxer/tck:1";

    /** Its disk is a little larger than what is asked for, as Modal's is a lot. */
    private static final String PROFILE = """
            defaultProfile: profile.tck
            profiles:
              profile.tck:
                route: [ext.local]
                templates:
                  ext.local: base
                images: ["sandboxer/tck:*"]
                cpu: 1
                memory: 1GiB
                disk: 700MiB
                ttl: 15m
                maxTtl: 24h
            """;

    private final Path home = newHome();
    private final FakeModal cloud = FakeModal.start(
            new Home(home.resolve("c")), Listen.parse("127.0.0.1:0"), null, FaultPlan.NONE, InstantSource.system());
    private final String template = build();

    private Credential credential(TokenPair token) {
        return new Credential(
                Map.of("token_id", token.id(), "token_secret", token.secret(), "server_url", cloud.url()));
    }

    /** An image's id, as somebody has it who has built the image before. */
    private String build() {
        var address = URI.create(cloud.url());
        var channel = OkHttpChannelBuilder.forAddress(address.getHost(), address.getPort())
                .usePlaintext()
                .build();
        var headers = new Metadata();
        headers.put(
                Metadata.Key.of("x-modal-token-id", Metadata.ASCII_STRING_MARSHALLER),
                cloud.token().id());
        headers.put(
                Metadata.Key.of("x-modal-token-secret", Metadata.ASCII_STRING_MARSHALLER),
                cloud.token().secret());
        try {
            var client = ModalClientGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
            var app = client.appGetOrCreate(AppGetOrCreateRequest.newBuilder()
                    .setAppName("tck")
                    .setObjectCreationType(ObjectCreationType.OCT_CREATE_IF_MISSING)
                    .build());
            return client.imageGetOrCreate(ImageGetOrCreateRequest.newBuilder()
                            .setAppId(app.getAppId())
                            .setImage(Image.newBuilder().addDockerfileCommands("FROM " + IMAGE))
                            .build())
                    .getImageId();
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public Extension extension() {
        return new OfflineExtension(new ModalExtension(), Set.of(Capability.NETWORK_ALLOW, Capability.REGION));
    }

    @Override
    public ExtensionContext context() {
        return new ExtensionContext("tck", home.resolve("modal"), InstantSource.system());
    }

    @Override
    public Credential credential() {
        return credential(cloud.token());
    }

    @Override
    public Optional<Credential> refusedCredential() {
        return Optional.of(credential(new TokenPair("ak-wrong", "as-0123456789abcdef")));
    }

    @Override
    public String template() {
        return template;
    }

    @Override
    public String imageReference() {
        return IMAGE;
    }

    /** As at Modal. */
    @Override
    public String user() {
        return "root";
    }

    @Override
    public String home() {
        return "/root";
    }

    /** Less disk than this nobody has. */
    @Override
    public SandboxSize smallSize() {
        return new SandboxSize(500, 256, 512);
    }

    /** As Modal's routers do. */
    @Override
    public boolean keepsUnreadOutput() {
        return true;
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

    /** A short one, because a Unix socket's path has to be. */
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
