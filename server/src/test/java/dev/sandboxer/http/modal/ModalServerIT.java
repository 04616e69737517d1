package dev.sandboxer.http.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.Home;
import dev.sandboxer.http.Listen;
import dev.sandboxer.protocol.modal.ClientProto;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.Image;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Request;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTag;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitRequest;
import dev.sandboxer.protocol.modal.ModalClientGrpc.ModalClientBlockingStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Modal's control plane over sandboxes on this machine. */
class ModalServerIT {
    private static Path directory;
    private static Sandboxer installation;
    private static ModalServer server;
    private static ModalClients clients;
    private static String key;
    private static ModalClientBlockingStub modal;
    private static String app;
    private static String image;

    @BeforeAll
    static void serve() throws IOException {
        directory = Files.createTempDirectory("sbx"); // short, since the paths of sockets in it have to be
        installation = Sandboxer.open(new Home(directory), Clock.systemUTC());
        server = ModalServer.start(installation, new Listen("127.0.0.1", 0), null, List.of());
        clients = new ModalClients(server.port());
        key = installation.keys().create("acme").secret();
        modal = clients.with(key);
        app = app("my-app");
        image = image("FROM python:3.12-slim");
    }

    @AfterEach
    void end() {
        installation.sandboxes().list(null, false).forEach(installation.sandboxes()::destroy);
    }

    @AfterAll
    static void close() throws IOException {
        clients.close();
        server.close();
        installation.close();
        try (var files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static String app(String name) {
        return modal.appGetOrCreate(AppGetOrCreateRequest.newBuilder()
                        .setAppName(name)
                        .setObjectCreationType(ObjectCreationType.OCT_CREATE_IF_MISSING)
                        .build())
                .getAppId();
    }

    private static ImageGetOrCreateRequest imageOf(String... lines) {
        return ImageGetOrCreateRequest.newBuilder()
                .setAppId(app)
                .setImage(Image.newBuilder().addAllDockerfileCommands(List.of(lines)))
                .build();
    }

    private static String image(String... lines) {
        return modal.imageGetOrCreate(imageOf(lines)).getImageId();
    }

    private static ClientProto.Sandbox.Builder definition() {
        return ClientProto.Sandbox.newBuilder().setImageId(image).setTimeoutSecs(60);
    }

    private static String second(ClientProto.Sandbox.Builder definition, SandboxTag... tags) {
        return modal.sandboxCreateV2(SandboxCreateV2Request.newBuilder()
                        .setAppId(app)
                        .setDefinition(definition)
                        .addAllTags(List.of(tags))
                        .build())
                .getSandboxId();
    }

    private static String first(ClientProto.Sandbox.Builder definition) {
        return modal.sandboxCreate(SandboxCreateRequest.newBuilder()
                        .setAppId(app)
                        .setDefinition(definition)
                        .build())
                .getSandboxId();
    }

    private static void assertStatus(Runnable call, Status.Code code, String text) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.getStatus().getDescription()).contains(text);
        });
    }

    @Test
    void ids_have_the_form_by_which_clients_tell_the_generations_apart() {
        assertThat(first(definition())).matches("sb-[0-9A-Za-z]{22}");
        assertThat(second(definition())).matches("sb-[0-9A-Za-z]{26}");
    }

    @Test
    void a_sandbox_has_no_result_until_it_ends() {
        var id = second(definition());
        var wait = SandboxWaitRequest.newBuilder().setSandboxId(id);
        assertThat(modal.sandboxWaitV2(wait.build()).hasResult()).isFalse();
        modal.sandboxTerminateV2(
                SandboxTerminateRequest.newBuilder().setSandboxId(id).build());
        var result = modal.sandboxWaitV2(wait.setTimeout(10).build()).getResult();
        assertThat(result.getStatus()).isEqualTo(GenericResult.Status.TERMINATED);
    }
}
