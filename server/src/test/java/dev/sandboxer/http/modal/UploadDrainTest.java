package dev.sandboxer.http.modal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamResponse;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UploadDrainTest {
    private static final ByteString PART = ByteString.copyFrom(new byte[100_000]);

    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        server = OkHttpServerBuilder.forPort(new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
                .addService(new Refusing())
                .intercept(new UploadDrain())
                .build()
                .start();
        channel = OkHttpChannelBuilder.forAddress("127.0.0.1", server.getPort(), InsecureChannelCredentials.create())
                .build();
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow();
        server.shutdownNow();
        assertThat(channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void uploads_that_are_refused_midway_leave_the_connection_usable() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(upload(20, true).get(60, TimeUnit.SECONDS).getCode())
                    .as("upload " + i)
                    .isEqualTo(Status.Code.FAILED_PRECONDITION);
        }
    }

    @Test
    void a_client_that_stops_sending_still_gets_its_answer() throws Exception {
        assertThat(upload(1, false).get(60, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    /** Sends parts as fast as the server takes them; returns the status of the call. */
    private CompletableFuture<Status> upload(int parts, boolean complete) {
        var ended = new CompletableFuture<Status>();
        TaskCommandRouterGrpc.newStub(channel).taskExecStdinWriteStream(new Uploading(parts, complete, ended));
        return ended;
    }

    private static final class Uploading
            implements ClientResponseObserver<TaskExecStdinWriteStreamRequest, TaskExecStdinWriteStreamResponse> {
        private final boolean complete;
        private final CompletableFuture<Status> ended;
        private int left;

        Uploading(int parts, boolean complete, CompletableFuture<Status> ended) {
            this.left = parts;
            this.complete = complete;
            this.ended = ended;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<TaskExecStdinWriteStreamRequest> call) {
            call.setOnReadyHandler(() -> {
                while (left > 0 && call.isReady()) {
                    left--;
                    call.onNext(TaskExecStdinWriteStreamRequest.newBuilder()
                            .setData(PART)
                            .build());
                    if (left == 0 && complete) {
                        call.onCompleted();
                    }
                }
            });
        }

        @Override
        public void onNext(TaskExecStdinWriteStreamResponse value) {}

        @Override
        public void onError(Throwable failure) {
            ended.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            ended.complete(Status.OK);
        }
    }

    /** Refuses each stream at its first message. */
    private static final class Refusing extends TaskCommandRouterGrpc.TaskCommandRouterImplBase {
        @Override
        public StreamObserver<TaskExecStdinWriteStreamRequest> taskExecStdinWriteStream(
                StreamObserver<TaskExecStdinWriteStreamResponse> answer) {
            return new StreamObserver<>() {
                private boolean refused;

                @Override
                public void onNext(TaskExecStdinWriteStreamRequest message) {
                    if (!refused) {
                        refused = true;
                        answer.onError(Status.FAILED_PRECONDITION.asRuntimeException());
                    }
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {}
            };
        }
    }
}
