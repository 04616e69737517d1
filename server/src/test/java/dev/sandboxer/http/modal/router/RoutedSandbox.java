package dev.sandboxer.http.modal.router;

import com.google.protobuf.ByteString;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.observe.VirtualThreads;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.protocol.modal.RouterProto.ExecFd;
import dev.sandboxer.protocol.modal.RouterProto.StderrConfig;
import dev.sandboxer.protocol.modal.RouterProto.StdoutConfig;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdioReadRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecWaitRequest;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc.TaskCommandRouterBlockingStub;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc.TaskCommandRouterStub;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.TestInstallation;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A sandbox on this machine with a router and a client of it. */
final class RoutedSandbox implements AutoCloseable, RouterAccess {
    static final String TASK = "ta-1";

    private final Path home;
    private final ControlPlane process;
    private final Sandbox sandbox;
    private final CommandRouter router;
    private final Server server;
    private final ManagedChannel channel;

    RoutedSandbox() throws IOException {
        this(Map.of());
    }

    RoutedSandbox(Map<String, String> metadata) throws IOException {
        home = Files.createTempDirectory("sbx"); // short, because socket paths are limited
        var local = ServiceLoader.load(Extension.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(extension -> extension.id().value().equals("ext.local"))
                .findAny()
                .orElseThrow();
        var installation = new TestInstallation(home);
        process = installation.start(List.of(local));
        sandbox = process.sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, TestInstallation.profile(local.id()))
                        .metadata(metadata)
                        .build());
        router = new CommandRouter(process.sandboxes(), this, _ -> false, home.resolve("modal"), installation.clock());
        server = OkHttpServerBuilder.forPort(new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
                .executor(VirtualThreads.executor("test"))
                .maxInboundMessageSize(100 << 20)
                .addService(router.service())
                .build()
                .start();
        channel = OkHttpChannelBuilder.forAddress("127.0.0.1", server.getPort(), InsecureChannelCredentials.create())
                .maxInboundMessageSize(100 << 20)
                .build();
    }

    CommandRouter router() {
        return router;
    }

    Sandboxes sandboxes() {
        return process.sandboxes();
    }

    /** Returns the sandbox as it is now. */
    Sandbox sandbox() {
        return process.sandboxes().find(sandbox.id()).orElseThrow();
    }

    TaskCommandRouterBlockingStub client() {
        return TaskCommandRouterGrpc.newBlockingStub(channel).withDeadlineAfter(120, TimeUnit.SECONDS);
    }

    TaskCommandRouterStub streams() {
        return TaskCommandRouterGrpc.newStub(channel);
    }

    /** Returns a command with a new id, whose streams are kept. */
    static TaskExecStartRequest.Builder command(String... argv) {
        return TaskExecStartRequest.newBuilder()
                .setTaskId(TASK)
                .setExecId(UUID.randomUUID().toString())
                .addAllCommandArgs(List.of(argv))
                .setStdoutConfig(StdoutConfig.STDOUT_PIPE)
                .setStderrConfig(StderrConfig.STDERR_PIPE);
    }

    static TaskExecStartRequest.Builder shell(String script) {
        return command("sh", "-c", script);
    }

    /** Starts a command; returns its id. */
    String start(TaskExecStartRequest.Builder command) {
        client().taskExecStart(command.build());
        return command.getExecId();
    }

    String start(String script) {
        return start(shell(script));
    }

    /** Returns the standard output of a command, from a byte on. */
    ByteString stdout(String exec, long offset) {
        return read(exec, offset, ExecFd.EXEC_FD_STDOUT);
    }

    String stdout(String exec) {
        return stdout(exec, 0).toStringUtf8();
    }

    String stderr(String exec) {
        return read(exec, 0, ExecFd.EXEC_FD_STDERR).toStringUtf8();
    }

    private ByteString read(String exec, long offset, ExecFd descriptor) {
        var all = ByteString.empty();
        var pieces = client().taskExecStdioRead(TaskExecStdioReadRequest.newBuilder()
                .setTaskId(TASK)
                .setExecId(exec)
                .setOffset(offset)
                .setFileDescriptor(descriptor)
                .build());
        while (pieces.hasNext()) {
            all = all.concat(pieces.next().getData());
        }
        return all;
    }

    /** Waits for the end of a command; returns its code, or 128 + signal, as clients show it. */
    int await(String exec) {
        var answer = client().taskExecWait(TaskExecWaitRequest.newBuilder()
                .setTaskId(TASK)
                .setExecId(exec)
                .build());
        return answer.hasCode() ? answer.getCode() : 128 + answer.getSignal();
    }

    void write(String exec, long offset, String text, boolean eof) {
        var _ = client().taskExecStdinWrite(TaskExecStdinWriteRequest.newBuilder()
                .setTaskId(TASK)
                .setExecId(exec)
                .setOffset(offset)
                .setData(ByteString.copyFromUtf8(text))
                .setEof(eof)
                .build());
    }

    @Override
    public Sandbox running(String taskId) {
        var now = any(taskId);
        now.requireRunning();
        return now;
    }

    @Override
    public Sandbox any(String taskId) {
        if (!taskId.equals(TASK)) {
            throw Status.NOT_FOUND.withDescription("no such task").asRuntimeException();
        }
        return sandbox();
    }

    @Override
    public Map<String, String> secret(Sandbox owner, String secretId) {
        return Map.of("SECRET", secretId);
    }

    @Override
    public Profile profile(Sandbox owner) {
        return TestInstallation.profile(new ExtensionId("ext.local"));
    }

    @Override
    public void close() throws IOException {
        channel.shutdownNow();
        server.shutdownNow();
        router.close();
        process.sandboxes().destroy(sandbox());
        process.close();
        try (var files = Files.walk(home)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
