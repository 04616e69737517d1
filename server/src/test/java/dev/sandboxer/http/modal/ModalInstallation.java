package dev.sandboxer.http.modal;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.Home;
import dev.sandboxer.http.Listen;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.protocol.modal.ClientProto;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.Image;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Request;
import dev.sandboxer.protocol.modal.ModalClientGrpc.ModalClientBlockingStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;

/** A server of Modal's API over sandboxes on this machine, with a client that has one app and one image. */
final class ModalInstallation implements AutoCloseable {
    private final Path directory;
    private final Sandboxer sandboxer;
    private final ModalServer server;
    private final ModalClients clients;
    private final String key;
    private final ModalClientBlockingStub modal;
    private final String app;
    private final String image;

    /** @param from container image that the image is made from */
    ModalInstallation(String from) throws IOException {
        directory = Files.createTempDirectory("sbx"); // short, because socket paths are limited
        sandboxer = Sandboxer.open(new Home(directory), Clock.systemUTC());
        server = startServer();
        clients = new ModalClients(server.port());
        key = sandboxer.keys().create("acme").secret();
        modal = clients.with(key);
        app = app(modal);
        image = image(modal, app, from);
    }

    /** Starts another server, which the caller closes. */
    ModalServer startServer() {
        return ModalServer.start(sandboxer, new Listen("127.0.0.1", 0), null, List.of());
    }

    /** Returns the client's app {@code my-app}, which is created if it is missing. */
    static String app(ModalClientBlockingStub client) {
        return client.appGetOrCreate(AppGetOrCreateRequest.newBuilder()
                        .setAppName("my-app")
                        .setObjectCreationType(ObjectCreationType.OCT_CREATE_IF_MISSING)
                        .build())
                .getAppId();
    }

    /** Returns the client's image of an app, made from a container image. */
    static String image(ModalClientBlockingStub client, String app, String from) {
        return client.imageGetOrCreate(ImageGetOrCreateRequest.newBuilder()
                        .setAppId(app)
                        .setImage(Image.newBuilder().addDockerfileCommands("FROM " + from))
                        .build())
                .getImageId();
    }

    Sandboxer sandboxer() {
        return sandboxer;
    }

    Sandboxes sandboxes() {
        return sandboxer.sandboxes();
    }

    int port() {
        return server.port();
    }

    ModalClients clients() {
        return clients;
    }

    /** Returns a client of another consumer. */
    ModalClientBlockingStub clientOf(String consumer) {
        return clients.with(sandboxer.keys().create(consumer).secret());
    }

    /** Returns the API key of the client. */
    String key() {
        return key;
    }

    ModalClientBlockingStub modal() {
        return modal;
    }

    String app() {
        return app;
    }

    String image() {
        return image;
    }

    /** Returns a sandbox of the image that lives for a minute. */
    ClientProto.Sandbox.Builder definition() {
        return ClientProto.Sandbox.newBuilder().setImageId(image).setTimeoutSecs(60);
    }

    /** Returns the creation of a sandbox in the app. */
    SandboxCreateV2Request creation(ClientProto.Sandbox.Builder definition) {
        return SandboxCreateV2Request.newBuilder()
                .setAppId(app)
                .setDefinition(definition)
                .build();
    }

    /** Creates a sandbox in the app; returns its id. */
    String create(ClientProto.Sandbox.Builder definition) {
        return modal.sandboxCreateV2(creation(definition)).getSandboxId();
    }

    void destroySandboxes() {
        sandboxes().list(null, false).forEach(sandboxes()::destroy);
    }

    @Override
    public void close() throws IOException {
        clients.close();
        server.close();
        sandboxer.close();
        try (var files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
