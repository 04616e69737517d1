package dev.sandboxer.http.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.protocol.modal.ClientProto;
import dev.sandboxer.protocol.modal.ClientProto.FileDescriptor;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetLogsRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxStdinWriteRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitRequest;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogs;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogsBatch;
import dev.sandboxer.protocol.modal.ModalClientGrpc.ModalClientBlockingStub;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Modal's control plane over sandboxes on this machine. */
class ModalServerIT {
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

    private static String createV1(ClientProto.Sandbox.Builder definition) {
        return modal.sandboxCreate(SandboxCreateRequest.newBuilder()
                        .setAppId(installation.app())
                        .setDefinition(definition)
                        .build())
                .getSandboxId();
    }

    @Test
    void the_form_of_an_id_tells_clients_its_generation() {
        assertThat(createV1(installation.definition())).matches("sb-[0-9A-Za-z]{22}");
        assertThat(installation.create(installation.definition())).matches("sb-[0-9A-Za-z]{26}");
    }

    @Test
    void a_sandbox_has_no_result_until_it_ends() {
        var id = installation.create(installation.definition());
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
            installation.sandboxes().repair().repairUnfinished(); // as a server does every few seconds
            var answer = modal.sandboxWaitV2(wait);
            if (answer.hasResult()) {
                return answer.getResult();
            }
        }
        throw new AssertionError("sandbox " + id + " still runs");
    }

    /** Creates a sandbox through another server, which has stopped when this returns. */
    private static String createThroughStoppedServer(ClientProto.Sandbox.Builder definition) {
        try (var other = installation.startServer();
                var its = new ModalClients(other.port())) {
            return its.with(installation.key())
                    .sandboxCreateV2(installation.creation(definition))
                    .getSandboxId();
        }
    }

    @Test
    void an_address_in_use_is_refused_and_the_server_that_uses_it_goes_on() {
        var taken = new Listen("127.0.0.1", installation.port());

        assertThatThrownBy(() -> ModalServer.start(installation.sandboxer(), taken, null, List.of()))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LISTEN_FAILED))
                .hasMessageContaining("127.0.0.1:" + installation.port());

        assertThat(ModalInstallation.app(modal)).isEqualTo(installation.app());
    }

    @Test
    void a_main_process_outlives_its_server_and_its_end_still_ends_the_sandbox() throws Exception {
        var id = createThroughStoppedServer(installation
                .definition()
                .addAllEntrypointArgs(List.of("sh", "-c", "until [ -e /tmp/go ]; do sleep 0.1; done; exit 7")));
        var sandbox = installation
                .sandboxes()
                .find(ModalIds.parseSandbox(id).orElseThrow().sandbox())
                .orElseThrow();
        assertThat(sandbox.state().ended()).isFalse();
        // enough time for this server to find the process
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
        var id = createThroughStoppedServer(installation.definition().setIdleTimeoutSecs(2));
        assertThat(result(id).getStatus()).isEqualTo(GenericResult.Status.IDLE_TIMEOUT);
    }

    @Test
    void a_missing_command_fails_the_creation_and_leaves_no_sandbox() {
        ModalClients.assertStatus(
                () -> installation.create(installation.definition().addEntrypointArgs("/no/such/program")),
                Status.Code.INVALID_ARGUMENT,
                "/no/such/program");
        assertThat(installation.sandboxes().list("acme", false)).isEmpty();
    }

    @Test
    void reading_the_output_of_a_main_process_can_continue_after_any_batch() {
        var id = createV1(installation
                .definition()
                .addAllEntrypointArgs(List.of("sh", "-c", "printf 'ü\n'; read line; echo $line")));
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
}
