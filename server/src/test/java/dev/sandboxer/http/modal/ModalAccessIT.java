package dev.sandboxer.http.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.Empty;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.protocol.modal.ClientProto;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecRequest;
import dev.sandboxer.protocol.modal.ClientProto.FileDescriptor;
import dev.sandboxer.protocol.modal.ClientProto.ImageDeleteRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageFromIdRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetByTagRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageListTagsRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImagePublishRequest;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
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
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsGetRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsSetRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitRequest;
import dev.sandboxer.protocol.modal.ClientProto.SecretDeleteRequest;
import dev.sandboxer.protocol.modal.ClientProto.SecretGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.TaskGetCommandRouterAccessRequest;
import dev.sandboxer.protocol.modal.ModalClientGrpc.ModalClientBlockingStub;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartRequest;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Access control of Modal's API: consumers, their keys and the tokens of their sandboxes. */
class ModalAccessIT {
    private static ModalInstallation installation;
    private static ModalClientBlockingStub modal;

    @BeforeAll
    static void serve() throws IOException {
        installation = new ModalInstallation("python:3.12-slim");
        modal = installation.modal();
    }

    @AfterEach
    void end() {
        installation.destroySandboxes();
    }

    @AfterAll
    static void close() throws IOException {
        installation.close();
    }

    @Test
    void a_consumer_finds_nothing_that_belongs_to_another() {
        var other = installation.clientOf("rival");
        var secret = modal.secretGetOrCreate(SecretGetOrCreateRequest.newBuilder()
                        .setDeploymentName("mine")
                        .setObjectCreationType(ObjectCreationType.OCT_CREATE_IF_MISSING)
                        .putEnvDict("A", "b")
                        .build())
                .getSecretId();
        var _ = modal.imagePublish(ImagePublishRequest.newBuilder()
                .setImageId(installation.image())
                .setTag("mine")
                .build());
        var sandbox = installation.create(installation.definition().setName("mine"));
        var theirApp = ModalInstallation.app(other);
        var theirImage = ModalInstallation.image(other, theirApp, "python:3.12-slim");
        assertThat(theirApp).isNotEqualTo(installation.app());
        assertThat(theirImage).isNotEqualTo(installation.image());

        var calls = new ArrayList<Runnable>(imageAndSecretCalls(other, secret));
        calls.addAll(creations(other, theirApp, theirImage, secret));
        calls.addAll(sandboxCalls(other, sandbox));
        for (Runnable call : calls) {
            ModalClients.assertStatus(call, Status.Code.NOT_FOUND, "not f");
        }
        assertThat(other.sandboxListV2(SandboxListRequest.getDefaultInstance()).getSandboxesList())
                .isEmpty();
        assertThat(other.imageListTags(ImageListTagsRequest.getDefaultInstance())
                        .getItemsList())
                .isEmpty();
    }

    private static List<Runnable> imageAndSecretCalls(ModalClientBlockingStub other, String secret) {
        return List.of(
                () -> ModalInstallation.image(other, installation.app(), "python:3.12-slim"),
                () -> other.imageFromId(ImageFromIdRequest.newBuilder()
                        .setImageId(installation.image())
                        .build()),
                () -> other.imageDelete(ImageDeleteRequest.newBuilder()
                        .setImageId(installation.image())
                        .build()),
                () -> other.imageGetByTag(
                        ImageGetByTagRequest.newBuilder().setTag("mine").build()),
                () -> other.imageJoinStreaming(ImageJoinStreamingRequest.newBuilder()
                                .setImageId(installation.image())
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
                () -> other.sandboxCreateV2(create(
                        theirApp,
                        installation.definition().setImageId(theirImage).addSecretIds(secret))),
                () -> other.sandboxCreateV2(create(theirApp, installation.definition())),
                () -> other.sandboxCreateV2(
                        installation.creation(installation.definition().setImageId(theirImage))));
    }

    private static List<Runnable> sandboxCalls(ModalClientBlockingStub other, String sandbox) {
        var task = "ta-" + ModalIds.parseSandbox(sandbox).orElseThrow().sandbox() + "V";
        return List.of(
                () -> other.sandboxList(SandboxListRequest.newBuilder()
                        .setAppId(installation.app())
                        .build()),
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
            assertThatThrownBy(() -> installation.clients().with("e2b_0000").clientHello(Empty.getDefaultInstance()))
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
        assertThat(lines.list.toString()).doesNotContain(installation.key(), "e2b_0000");
    }

    @Test
    void the_key_of_a_disabled_consumer_is_forbidden_rather_than_unknown() {
        var theirs = installation.clientOf("resting");
        installation.sandboxer().consumers().disable("resting");

        ModalClients.assertStatus(
                () -> theirs.clientHello(Empty.getDefaultInstance()),
                Status.Code.PERMISSION_DENIED,
                "consumers enable resting");
    }

    @Test
    void a_router_token_gives_access_to_its_own_sandbox_only() {
        var mine = modal.sandboxCreateV2(installation.creation(installation.definition()));
        var other = modal.sandboxCreateV2(installation.creation(installation.definition()));
        var start = TaskExecStartRequest.newBuilder()
                .setTaskId(other.getTaskId())
                .setExecId("exec")
                .addCommandArgs("true");
        var headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer " + mine.getCommandRouterAccess().getJwt());
        var router = TaskCommandRouterGrpc.newBlockingStub(
                        installation.clients().channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        ModalClients.assertStatus(
                () -> router.taskExecStart(start.build()), Status.Code.UNAUTHENTICATED, "another sandbox");
        var _ = router.taskExecStart(start.setTaskId(mine.getTaskId()).build());
    }
}
