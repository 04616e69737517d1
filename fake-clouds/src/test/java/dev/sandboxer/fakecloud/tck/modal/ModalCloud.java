package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.config.Home;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.fakecloud.FaultPlan;
import dev.sandboxer.fakecloud.modal.FakeModal;
import dev.sandboxer.fakecloud.modal.TokenPair;
import dev.sandboxer.http.Listen;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.Image;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import dev.sandboxer.protocol.modal.ClientProto.SandboxInfo;
import dev.sandboxer.protocol.modal.ClientProto.SandboxListRequest;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import dev.sandboxer.protocol.modal.ModalClientGrpc.ModalClientBlockingStub;
import io.grpc.ManagedChannel;
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
import java.util.List;
import java.util.Map;

/** A fake Modal in this JVM, in a directory of its own, with methods that inspect it from outside. */
final class ModalCloud implements AutoCloseable {
    static final String IMAGE = "sandboxer/tck:1";

    /** The disk is larger than the tests request, as at Modal. */
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

    private final Path home;
    private final FakeModal cloud;
    private final ManagedChannel channel;

    private ModalCloud(Path home, FaultPlan plan) {
        this.home = home;
        this.cloud = FakeModal.start(
                new Home(home.resolve("c")), Listen.parse("127.0.0.1:0"), null, plan, InstantSource.system());
        var address = URI.create(cloud.url());
        this.channel = OkHttpChannelBuilder.forAddress(address.getHost(), address.getPort())
                .usePlaintext()
                .build();
    }

    static ModalCloud start() {
        return new ModalCloud(newHome(), FaultPlan.NONE);
    }

    /** @param plan see docs/cloud-adapters.md for its form */
    static ModalCloud start(String plan) {
        var home = newHome();
        try {
            return new ModalCloud(home, FakeModal.readPlan(Files.writeString(home.resolve("plan.yaml"), plan)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the directory, where tests may put their own files too. */
    Path home() {
        return home;
    }

    String url() {
        return cloud.url();
    }

    TokenPair token() {
        return cloud.token();
    }

    Credential credential() {
        return credential(cloud.token());
    }

    Credential credential(TokenPair token) {
        return new Credential(
                Map.of("token_id", token.id(), "token_secret", token.secret(), "server_url", cloud.url()));
    }

    private ModalClientBlockingStub client() {
        var headers = new Metadata();
        headers.put(header("x-modal-token-id"), cloud.token().id());
        headers.put(header("x-modal-token-secret"), cloud.token().secret());
        return ModalClientGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static Metadata.Key<String> header(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** Builds an image, as a user of the account would, and returns its id. */
    String build() {
        var app = client().appGetOrCreate(AppGetOrCreateRequest.newBuilder()
                .setAppName("tck")
                .setObjectCreationType(ObjectCreationType.OCT_CREATE_IF_MISSING)
                .build());
        return client().imageGetOrCreate(ImageGetOrCreateRequest.newBuilder()
                        .setAppId(app.getAppId())
                        .setImage(Image.newBuilder().addDockerfileCommands("FROM " + IMAGE))
                        .build())
                .getImageId();
    }

    /** Returns all live sandboxes in the account, also those created by others. */
    List<SandboxInfo> sandboxes() {
        return client().sandboxListV2(SandboxListRequest.getDefaultInstance()).getSandboxesList();
    }

    /** Returns the directories of the cloud's sandboxes, which exist as long as their processes. */
    List<Path> directories() {
        var all = home.resolve("c/local/s");
        if (!Files.exists(all)) {
            return List.of();
        }
        try (var entries = Files.list(all)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
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
