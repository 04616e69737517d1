package dev.sandboxer.fakecloud.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.sandboxer.fakecloud.Fault;
import dev.sandboxer.fakecloud.FaultPlan;
import dev.sandboxer.fakecloud.FaultRule;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingRequest;
import dev.sandboxer.protocol.modal.ClientProto.RPCRetryPolicy;
import dev.sandboxer.protocol.modal.ClientProto.RPCStatus;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTaskIdRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTaskIdResponse;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdioReadRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdioReadResponse;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultInterceptorTest {
    private static final Fault.Answer UNAVAILABLE =
            new Fault.Answer(Status.Code.UNAVAILABLE.value(), Map.of(), "rehearsed");

    /** The calls that reached the server. */
    private final List<String> served = Collections.synchronizedList(new ArrayList<>());

    private final List<String> destroyed = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Long> input = new CompletableFuture<>();
    private FaultInterceptor faults;
    private Server server;
    private ManagedChannel channel;

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow();
        faults.close();
        server.shutdownNow();
        assertThat(channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_planned_status_keeps_the_call_from_the_server() throws Exception {
        start("TaskExecStart", 1, UNAVAILABLE);

        assertThat(failure(this::exec).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(served).isEmpty();

        exec();
        assertThat(served).as("the rule is used up").containsExactly("exec");
    }

    @Test
    void a_retry_time_is_sent_in_modals_form() throws Exception {
        start(
                "TaskExecStart",
                1,
                new Fault.Answer(Status.Code.RESOURCE_EXHAUSTED.value(), Map.of("Retry-After", "1.500"), "later"));

        var failure = failure(this::exec);

        assertThat(failure.getStatus().getDescription()).isEqualTo("later");
        var details = RPCStatus.parseFrom(
                failure.getTrailers().get(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER)));
        assertThat(details.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
        assertThat(details.getDetails(0).getTypeUrl()).endsWith("/modal.client.RPCRetryPolicy");
        assertThat(details.getDetails(0).unpack(RPCRetryPolicy.class).getRetryAfterSecs())
                .isEqualTo(1.5f);
    }

    @Test
    void a_call_whose_answer_is_lost_has_taken_effect() throws Exception {
        start("SandboxCreate", 1, new Fault.LoseAnswer());

        assertThat(failure(this::create).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(served).containsExactly("create");
    }

    @Test
    void an_effect_can_be_followed_by_a_status_that_denies_it() throws Exception {
        start("SandboxCreate", 1, new Fault.ApplyThen(new Fault.Answer(Status.Code.INTERNAL.value(), Map.of(), "no")));

        assertThat(failure(this::create).getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(served).containsExactly("create");
    }

    @Test
    void a_stream_is_cut_after_exactly_the_given_number_of_bytes() throws Exception {
        start("TaskExecStdioRead", 1, new Fault.CutAnswer(2_500));
        var read = new ByteArrayOutputStream();

        var failure = failure(() -> read(read));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(read.size()).isEqualTo(2_500);
    }

    @Test
    void a_stream_that_is_shorter_arrives_whole() throws Exception {
        start("TaskExecStdioRead", 1, new Fault.CutAnswer(4_001));
        var read = new ByteArrayOutputStream();

        read(read);

        assertThat(read.size()).isEqualTo(4_000);
    }

    @Test
    void a_clients_stream_is_cut_and_the_server_sees_a_cancelled_call() throws Exception {
        start("TaskExecStdinWriteStream", 1, new Fault.CutRequest(1_500));
        var answer = new CompletableFuture<Status>();

        var stream = TaskCommandRouterGrpc.newStub(channel).taskExecStdinWriteStream(new StreamObserver<>() {
            @Override
            public void onNext(TaskExecStdinWriteStreamResponse value) {}

            @Override
            public void onError(Throwable failure) {
                answer.complete(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                answer.complete(Status.OK);
            }
        });
        for (int i = 0; i < 3; i++) {
            stream.onNext(TaskExecStdinWriteStreamRequest.newBuilder()
                    .setData(ByteString.copyFrom(new byte[1_000]))
                    .build());
        }

        assertThat(answer.get(60, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(input.get(60, TimeUnit.SECONDS)).isEqualTo(1_500);
    }

    @Test
    void a_hanging_call_has_no_effect() throws Exception {
        start("TaskExecStart", 1, new Fault.Hang(Duration.ofMillis(50)));

        assertThat(failure(this::exec).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(served).isEmpty();
    }

    @Test
    void a_call_that_hangs_for_ever_ends_with_its_client() throws Exception {
        start("TaskExecStart", 1, new Fault.Hang(null));

        var failure = failure(() -> TaskCommandRouterGrpc.newBlockingStub(channel)
                .withDeadlineAfter(100, TimeUnit.MILLISECONDS)
                .taskExecStart(TaskExecStartRequest.getDefaultInstance()));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(served).isEmpty();
    }

    @Test
    void the_sandbox_of_a_call_ends_before_it_whether_sandbox_or_task_is_named() throws Exception {
        start("TaskExecStart|SandboxGetTaskId", FaultRule.ALWAYS, new Fault.Expire());

        TaskCommandRouterGrpc.newBlockingStub(channel)
                .taskExecStart(TaskExecStartRequest.newBuilder()
                        .setTaskId("ta-s0123456789abcdefghiV")
                        .build());
        client().sandboxGetTaskId(SandboxGetTaskIdRequest.newBuilder()
                .setSandboxId("sb-s123456789abcdefghijV1")
                .build());

        assertThat(destroyed).containsExactly("s0123456789abcdefghi", "s123456789abcdefghij");
        assertThat(served).containsExactly("exec", "task");
    }

    @Test
    void an_empty_answer_has_no_task() throws Exception {
        start("SandboxGetTaskId", 1, new Fault.Empty());

        var answer = client().sandboxGetTaskId(SandboxGetTaskIdRequest.getDefaultInstance());

        assertThat(answer.hasTaskId()).isFalse();
        assertThat(served).isEmpty();
    }

    @Test
    void a_slow_stream_is_whole() throws Exception {
        start("TaskExecStdioRead", 1, new Fault.Slow(Duration.ofMillis(1)));
        var read = new ByteArrayOutputStream();

        read(read);

        assertThat(read.size()).isEqualTo(4_000);
    }

    @Test
    void a_failed_build_has_its_log_and_no_other_explanation() throws Exception {
        start("ImageGetOrCreate", 1, new Fault.FailBuild("Step 1\nno space left"));

        var image = client().imageGetOrCreate(ImageGetOrCreateRequest.getDefaultInstance());
        assertThat(image.getImageId()).matches("im-[0-9a-zA-Z]{22}");
        assertThat(image.getResult().getStatus()).isEqualTo(GenericResult.Status.UNSPECIFIED);
        var told = client().imageJoinStreaming(ImageJoinStreamingRequest.newBuilder()
                        .setImageId(image.getImageId())
                        .build())
                .next();

        assertThat(told.getResult().getStatus()).isEqualTo(GenericResult.Status.FAILURE);
        assertThat(told.getResult().getException()).isEmpty();
        assertThat(told.getTaskLogsList())
                .extracting(log -> log.getData())
                .containsExactly("Step 1\n", "no space left\n");
    }

    private void start(String call, int times, Fault fault) throws IOException {
        var plan = new FaultPlan(
                List.of(new FaultRule(null, null, Pattern.compile("/[^/]+/(?:" + call + ")"), null, 0, times, fault)));
        var builds = new FailedBuilds();
        faults = new FaultInterceptor(plan, builds, destroyed::add);
        server = OkHttpServerBuilder.forPort(new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
                .addService(new Router())
                .addService(new Client())
                .intercept(builds)
                .intercept(faults)
                .build()
                .start();
        channel = OkHttpChannelBuilder.forAddress("127.0.0.1", server.getPort(), InsecureChannelCredentials.create())
                .build();
    }

    private ModalClientGrpc.ModalClientBlockingStub client() {
        return ModalClientGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private void exec() {
        TaskCommandRouterGrpc.newBlockingStub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .taskExecStart(TaskExecStartRequest.getDefaultInstance());
    }

    private void create() {
        client().sandboxCreate(SandboxCreateRequest.getDefaultInstance());
    }

    private void read(ByteArrayOutputStream into) {
        TaskCommandRouterGrpc.newBlockingStub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .taskExecStdioRead(TaskExecStdioReadRequest.getDefaultInstance())
                .forEachRemaining(part -> into.writeBytes(part.getData().toByteArray()));
    }

    private static StatusRuntimeException failure(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run);
    }

    private final class Router extends TaskCommandRouterGrpc.TaskCommandRouterImplBase {
        @Override
        public void taskExecStart(TaskExecStartRequest request, StreamObserver<TaskExecStartResponse> answer) {
            served.add("exec");
            answer.onNext(TaskExecStartResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public void taskExecStdioRead(
                TaskExecStdioReadRequest request, StreamObserver<TaskExecStdioReadResponse> answer) {
            for (int i = 0; i < 4; i++) {
                answer.onNext(TaskExecStdioReadResponse.newBuilder()
                        .setData(ByteString.copyFrom(new byte[1_000]))
                        .build());
            }
            answer.onCompleted();
        }

        @Override
        public StreamObserver<TaskExecStdinWriteStreamRequest> taskExecStdinWriteStream(
                StreamObserver<TaskExecStdinWriteStreamResponse> answer) {
            return new StreamObserver<>() {
                private long bytes;

                @Override
                public void onNext(TaskExecStdinWriteStreamRequest message) {
                    bytes += message.getData().size();
                }

                @Override
                public void onError(Throwable failure) {
                    input.complete(bytes);
                }

                @Override
                public void onCompleted() {
                    input.completeExceptionally(new AssertionError("the stream was not cut"));
                }
            };
        }
    }

    private final class Client extends ModalClientGrpc.ModalClientImplBase {
        @Override
        public void sandboxCreate(SandboxCreateRequest request, StreamObserver<SandboxCreateResponse> answer) {
            served.add("create");
            answer.onNext(SandboxCreateResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public void sandboxGetTaskId(SandboxGetTaskIdRequest request, StreamObserver<SandboxGetTaskIdResponse> answer) {
            served.add("task");
            answer.onNext(
                    SandboxGetTaskIdResponse.newBuilder().setTaskId("ta-x").build());
            answer.onCompleted();
        }
    }
}
