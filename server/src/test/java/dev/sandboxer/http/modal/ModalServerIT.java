package dev.sandboxer.http.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.Home;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.protocol.modal.ClientProto;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecRequest;
import dev.sandboxer.protocol.modal.ClientProto.FileDescriptor;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.Image;
import dev.sandboxer.protocol.modal.ClientProto.ImageDeleteRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageFromIdRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetByTagRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageListTagsRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImagePublishRequest;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Request;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetCommandRouterAccessRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetFromNameRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetLogsRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetResourceUsageRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTaskIdRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTunnelsRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxListRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxSetNameRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxStdinWriteRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTag;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsGetRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsSetRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitRequest;
import dev.sandboxer.protocol.modal.ClientProto.SecretDeleteRequest;
import dev.sandboxer.protocol.modal.ClientProto.SecretGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.TaskGetCommandRouterAccessRequest;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogs;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogsBatch;
import dev.sandboxer.protocol.modal.ModalClientGrpc.ModalClientBlockingStub;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartRequest;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

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
        directory = Files.createTempDirectory("sbx"); // short, because socket paths are limited
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

    private static String createV2(ClientProto.Sandbox.Builder definition, SandboxTag... tags) {
        return modal.sandboxCreateV2(SandboxCreateV2Request.newBuilder()
                        .setAppId(app)
                        .setDefinition(definition)
                        .addAllTags(List.of(tags))
                        .build())
                .getSandboxId();
    }

    private static String createV1(ClientProto.Sandbox.Builder definition) {
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
    void the_form_of_an_id_tells_clients_its_generation() {
        assertThat(createV1(definition())).matches("sb-[0-9A-Za-z]{22}");
        assertThat(createV2(definition())).matches("sb-[0-9A-Za-z]{26}");
    }

    @Test
    void a_sandbox_has_no_result_until_it_ends() {
        var id = createV2(definition());
        var wait = SandboxWaitRequest.newBuilder().setSandboxId(id);
        assertThat(modal.sandboxWaitV2(wait.build()).hasResult()).isFalse();
        modal.sandboxTerminateV2(
                SandboxTerminateRequest.newBuilder().setSandboxId(id).build());
        var result = modal.sandboxWaitV2(wait.setTimeout(10).build()).getResult();
        assertThat(result.getStatus()).isEqualTo(GenericResult.Status.TERMINATED);
    }

    private static GenericResult result(String id) {
        var wait =
                SandboxWaitRequest.newBuilder().setSandboxId(id).setTimeout(2).build();
        var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (System.nanoTime() < until) {
            installation.sandboxes().repair().settleDoubts(); // as a server does every few seconds
            var answer = modal.sandboxWaitV2(wait);
            if (answer.hasResult()) {
                return answer.getResult();
            }
        }
        throw new AssertionError("sandbox " + id + " still runs");
    }

    /** Creates a sandbox through another server, which has stopped when this returns. */
    private static String createThroughStoppedServer(ClientProto.Sandbox.Builder definition) {
        try (var other = ModalServer.start(installation, new Listen("127.0.0.1", 0), null, List.of());
                var its = new ModalClients(other.port())) {
            return its.with(key)
                    .sandboxCreateV2(SandboxCreateV2Request.newBuilder()
                            .setAppId(app)
                            .setDefinition(definition)
                            .build())
                    .getSandboxId();
        }
    }

    @Test
    void an_address_in_use_is_refused_and_the_server_that_uses_it_goes_on() {
        var taken = new Listen("127.0.0.1", server.port());

        assertThatThrownBy(() -> ModalServer.start(installation, taken, null, List.of()))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LISTEN_FAILED))
                .hasMessageContaining("127.0.0.1:" + server.port());

        assertThat(app("my-app")).isEqualTo(app);
    }

    @Test
    void a_main_process_outlives_its_server_and_its_end_still_ends_the_sandbox() throws Exception {
        var id = createThroughStoppedServer(definition()
                .addAllEntrypointArgs(List.of("sh", "-c", "until [ -e /tmp/go ]; do sleep 0.1; done; exit 7")));
        var sandbox = installation
                .sandboxes()
                .find(ModalIds.parseSandbox(id).orElseThrow().sandbox())
                .orElseThrow();
        assertThat(sandbox.state().ended()).isFalse();
        // long enough for this server to find the process
        TimeUnit.SECONDS.sleep(6);
        installation.sandboxes().<Boolean, IOException>use(sandbox, session -> {
            var _ = session.files().write("/tmp/go", WriteOptions.DEFAULT, InputStream.nullInputStream());
            return true;
        });
        var result = result(id);
        assertThat(result.getStatus()).isEqualTo(GenericResult.Status.FAILURE);
        assertThat(result.getExitcode()).isEqualTo(7);
    }

    @Test
    void an_idle_sandbox_ends_as_idle_without_the_server_that_created_it() {
        var id = createThroughStoppedServer(definition().setIdleTimeoutSecs(2));
        assertThat(result(id).getStatus()).isEqualTo(GenericResult.Status.IDLE_TIMEOUT);
    }

    @Test
    void a_missing_command_fails_the_creation_and_leaves_no_sandbox() {
        assertStatus(
                () -> createV2(definition().addEntrypointArgs("/no/such/program")),
                Status.Code.INVALID_ARGUMENT,
                "/no/such/program");
        assertThat(installation.sandboxes().list("acme", false)).isEmpty();
    }

    @Test
    void reading_the_output_of_a_main_process_can_continue_after_any_batch() {
        var id =
                createV1(definition().addAllEntrypointArgs(List.of("sh", "-c", "printf 'ü\n'; read line; echo $line")));
        var write = SandboxStdinWriteRequest.newBuilder().setSandboxId(id).setIndex(1);
        for (int i = 0; i < 2; i++) { // a client repeats the call when the answer is lost
            var _ = modal.sandboxStdinWrite(
                    write.setInput(ByteString.copyFromUtf8("more\n")).build());
        }
        var batches = new ArrayList<TaskLogsBatch>();
        var logs = SandboxGetLogsRequest.newBuilder().setSandboxId(id).setFileDescriptor(FileDescriptor.FD_STDOUT);
        modal.sandboxGetLogs(logs.setLastEntryId("0-0").build()).forEachRemaining(batches::add);
        assertThat(text(batches)).isEqualTo("ü\nmore\n");
        assertThat(batches.getLast().getEof()).isTrue();
        var rest = new ArrayList<TaskLogsBatch>();
        modal.sandboxGetLogs(
                        logs.setLastEntryId(batches.getFirst().getEntryId()).build())
                .forEachRemaining(rest::add);
        assertThat(text(batches.subList(1, batches.size()))).isEqualTo(text(rest));
        assertThat(result(id).getStatus()).isEqualTo(GenericResult.Status.SUCCESS);
    }

    private static String text(List<TaskLogsBatch> batches) {
        return batches.stream()
                .flatMap(batch -> batch.getItemsList().stream())
                .map(TaskLogs::getData)
                .collect(Collectors.joining());
    }

    @Test
    void a_consumer_finds_nothing_that_belongs_to_another() {
        var other = clients.with(installation.keys().create("rival").secret());
        var secret = modal.secretGetOrCreate(SecretGetOrCreateRequest.newBuilder()
                        .setDeploymentName("mine")
                        .setObjectCreationType(ObjectCreationType.OCT_CREATE_IF_MISSING)
                        .putEnvDict("A", "b")
                        .build())
                .getSecretId();
        var _ = modal.imagePublish(ImagePublishRequest.newBuilder()
                .setImageId(image)
                .setTag("mine")
                .build());
        var sandbox = createV2(definition().setName("mine"));
        var theirApp = other.appGetOrCreate(AppGetOrCreateRequest.newBuilder()
                        .setAppName("my-app")
                        .setObjectCreationType(ObjectCreationType.OCT_CREATE_IF_MISSING)
                        .build())
                .getAppId();
        var theirImage = other.imageGetOrCreate(imageOf("FROM python:3.12-slim").toBuilder()
                        .setAppId(theirApp)
                        .build())
                .getImageId();
        assertThat(theirApp).isNotEqualTo(app);
        assertThat(theirImage).isNotEqualTo(image);

        var calls = new ArrayList<Runnable>(imageAndSecretCalls(other, secret));
        calls.addAll(creations(other, theirApp, theirImage, secret));
        calls.addAll(sandboxCalls(other, sandbox));
        for (Runnable call : calls) {
            assertStatus(call, Status.Code.NOT_FOUND, "not f");
        }
        assertThat(other.sandboxListV2(SandboxListRequest.getDefaultInstance()).getSandboxesList())
                .isEmpty();
        assertThat(other.imageListTags(ImageListTagsRequest.getDefaultInstance())
                        .getItemsList())
                .isEmpty();
    }

    private static List<Runnable> imageAndSecretCalls(ModalClientBlockingStub other, String secret) {
        return List.of(
                () -> other.imageGetOrCreate(imageOf("FROM python:3.12-slim")), // names my app
                () -> other.imageFromId(
                        ImageFromIdRequest.newBuilder().setImageId(image).build()),
                () -> other.imageDelete(
                        ImageDeleteRequest.newBuilder().setImageId(image).build()),
                () -> other.imageGetByTag(
                        ImageGetByTagRequest.newBuilder().setTag("mine").build()),
                () -> other.imageJoinStreaming(ImageJoinStreamingRequest.newBuilder()
                                .setImageId(image)
                                .build())
                        .forEachRemaining(_ -> {}),
                () -> other.secretGetOrCreate(SecretGetOrCreateRequest.newBuilder()
                        .setDeploymentName("mine")
                        .build()),
                () -> other.secretDelete(
                        SecretDeleteRequest.newBuilder().setSecretId(secret).build()));
    }

    private static List<Runnable> creations(
            ModalClientBlockingStub other, String theirApp, String theirImage, String secret) {
        return List.of(
                () -> other.sandboxCreateV2(
                        create(theirApp, definition().setImageId(theirImage).addSecretIds(secret))),
                () -> other.sandboxCreateV2(create(theirApp, definition())),
                () -> other.sandboxCreateV2(create(app, definition().setImageId(theirImage))));
    }

    private static List<Runnable> sandboxCalls(ModalClientBlockingStub other, String sandbox) {
        var task = "ta-" + ModalIds.parseSandbox(sandbox).orElseThrow().sandbox() + "V";
        return List.of(
                () -> other.sandboxList(
                        SandboxListRequest.newBuilder().setAppId(app).build()),
                () -> other.sandboxGetFromNameV2(SandboxGetFromNameRequest.newBuilder()
                        .setAppName("my-app")
                        .setSandboxName("mine")
                        .build()),
                () -> other.sandboxWaitV2(
                        SandboxWaitRequest.newBuilder().setSandboxId(sandbox).build()),
                () -> other.sandboxGetLogs(SandboxGetLogsRequest.newBuilder()
                                .setSandboxId(sandbox)
                                .setFileDescriptor(FileDescriptor.FD_STDOUT)
                                .build())
                        .forEachRemaining(_ -> {}),
                () -> other.sandboxStdinWrite(SandboxStdinWriteRequest.newBuilder()
                        .setSandboxId(sandbox)
                        .build()),
                () -> other.sandboxTagsGetV2(
                        SandboxTagsGetRequest.newBuilder().setSandboxId(sandbox).build()),
                () -> other.sandboxTagsSetV2(
                        SandboxTagsSetRequest.newBuilder().setSandboxId(sandbox).build()),
                () -> other.sandboxSetName(SandboxSetNameRequest.newBuilder()
                        .setSandboxId(sandbox)
                        .setName("theirs")
                        .build()),
                () -> other.sandboxTerminateV2(SandboxTerminateRequest.newBuilder()
                        .setSandboxId(sandbox)
                        .build()),
                () -> other.sandboxGetTaskIdV2(SandboxGetTaskIdRequest.newBuilder()
                        .setSandboxId(sandbox)
                        .build()),
                () -> other.sandboxGetTunnelsV2(SandboxGetTunnelsRequest.newBuilder()
                        .setSandboxId(sandbox)
                        .build()),
                () -> other.sandboxGetResourceUsage(SandboxGetResourceUsageRequest.newBuilder()
                        .setSandboxId(sandbox)
                        .build()),
                () -> other.taskGetCommandRouterAccess(TaskGetCommandRouterAccessRequest.newBuilder()
                        .setTaskId(task)
                        .build()),
                () -> other.sandboxGetCommandRouterAccess(SandboxGetCommandRouterAccessRequest.newBuilder()
                        .setSandboxId(sandbox)
                        .build()),
                () -> other.containerFilesystemExec(ContainerFilesystemExecRequest.newBuilder()
                        .setTaskId(task)
                        .build()));
    }

    private static SandboxCreateV2Request create(String appId, ClientProto.Sandbox.Builder definition) {
        return SandboxCreateV2Request.newBuilder()
                .setAppId(appId)
                .setDefinition(definition)
                .build();
    }

    @Test
    void the_access_log_has_each_call_with_its_consumer_and_without_its_key() {
        var log = (Logger) LoggerFactory.getLogger("access");
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        log.setLevel(Level.INFO);
        log.addAppender(lines);
        try {
            modal.clientHello(Empty.getDefaultInstance());
            assertThatThrownBy(() -> clients.with("e2b_0000").clientHello(Empty.getDefaultInstance()))
                    .isInstanceOf(StatusRuntimeException.class);
        } finally {
            log.detachAppender(lines);
        }

        assertThat(lines.list)
                .extracting(line -> line.getFormattedMessage() + " "
                        + line.getKeyValuePairs().stream()
                                .filter(pair -> !pair.key.equals("from") && !pair.key.equals("ms"))
                                .toList())
                .containsExactly(
                        "GRPC /modal.client.ModalClient/ClientHello [status=\"OK\", consumer=\"acme\"]",
                        "GRPC /modal.client.ModalClient/ClientHello [status=\"UNAUTHENTICATED\"]");
        assertThat(lines.list.toString()).doesNotContain(key, "e2b_0000");
    }

    @Test
    void the_key_of_a_disabled_consumer_is_forbidden_rather_than_unknown() {
        var theirs = clients.with(installation.keys().create("resting").secret());
        installation.consumers().disable("resting");

        assertStatus(
                () -> theirs.clientHello(Empty.getDefaultInstance()),
                Status.Code.PERMISSION_DENIED,
                "consumers enable resting");
    }

    @Test
    void a_router_token_gives_access_to_its_own_sandbox_only() {
        var mine = modal.sandboxCreateV2(create(app, definition()));
        var other = modal.sandboxCreateV2(create(app, definition()));
        var start = TaskExecStartRequest.newBuilder()
                .setTaskId(other.getTaskId())
                .setExecId("exec")
                .addCommandArgs("true");
        var headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer " + mine.getCommandRouterAccess().getJwt());
        var router = TaskCommandRouterGrpc.newBlockingStub(clients.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        assertStatus(() -> router.taskExecStart(start.build()), Status.Code.UNAUTHENTICATED, "another sandbox");
        var _ = router.taskExecStart(start.setTaskId(mine.getTaskId()).build());
    }
}
