package dev.sandboxer.modal;

import com.google.protobuf.ByteString;
import dev.sandboxer.protocol.modal.RouterProto.*;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The router of {@link ScriptedModal}: runs commands as processes of this machine, and keeps their output. */
final class ScriptedRouter extends TaskCommandRouterGrpc.TaskCommandRouterImplBase implements AutoCloseable {
    private static final int PIECE = 16 << 10;

    private final Map<String, Running> execs = new ConcurrentHashMap<>();
    /** Output streams break after this many bytes; 0 = never. */
    volatile int cutAfter;

    /** A command and its output so far. */
    private static final class Running {
        final Process process;
        final List<ByteArrayOutputStream> output = List.of(new ByteArrayOutputStream(), new ByteArrayOutputStream());
        final boolean[] ended = new boolean[2];
        long written;

        Running(Process process) {
            this.process = process;
            pump(process.getInputStream(), 0);
            pump(process.getErrorStream(), 1);
        }

        private void pump(InputStream from, int descriptor) {
            Thread.ofPlatform().daemon().start(() -> {
                var buffer = new byte[PIECE];
                try {
                    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                        synchronized (this) {
                            output.get(descriptor).write(buffer, 0, count);
                            notifyAll();
                        }
                    }
                } catch (IOException e) {
                    // it was killed
                }
                synchronized (this) {
                    ended[descriptor] = true;
                    notifyAll();
                }
            });
        }

        /** Waits for output after an offset and returns it; null at the end. */
        synchronized byte[] after(int descriptor, int offset) throws InterruptedException {
            while (output.get(descriptor).size() <= offset && !ended[descriptor]) {
                wait(TimeUnit.SECONDS.toMillis(1));
            }
            var all = output.get(descriptor).toByteArray();
            return all.length <= offset
                    ? null
                    : java.util.Arrays.copyOfRange(all, offset, Math.min(all.length, offset + PIECE));
        }
    }

    @Override
    public void taskExecStart(TaskExecStartRequest request, StreamObserver<TaskExecStartResponse> observer) {
        try {
            var argv = new ArrayList<>(request.getCommandArgsList());
            if (request.hasPtyInfo()) {
                argv = new ArrayList<>(List.of("python3", "-c", TERMINAL));
                argv.addAll(request.getCommandArgsList());
            }
            var limit = request.hasTimeoutSecs() ? request.getTimeoutSecs() : 0;
            var running = new Running(new ProcessBuilder(argv).start());
            execs.put(request.getExecId(), running);
            if (limit > 0) {
                Thread.ofVirtual().start(() -> killAfter(running.process, limit));
            }
            observer.onNext(TaskExecStartResponse.getDefaultInstance());
            observer.onCompleted();
        } catch (IOException e) {
            observer.onError(
                    Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
        }
    }

    /** Runs a command on a terminal of its own and passes all bytes on unchanged. */
    private static final String TERMINAL = """
            import os, pty, sys, threading
            pid, master = pty.fork()
            if pid == 0:
                os.execvp(sys.argv[1], sys.argv[1:])
            def feed():
                while True:
                    data = os.read(0, 65536)
                    if not data: return
                    os.write(master, data)
            threading.Thread(target=feed, daemon=True).start()
            while True:
                try:
                    data = os.read(master, 65536)
                except OSError:
                    break
                if not data: break
                while data: data = data[os.write(1, data):]
            status = os.waitpid(pid, 0)[1]
            os._exit(os.waitstatus_to_exitcode(status) & 255)
            """;

    private static void killAfter(Process process, int seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void taskExecStdioRead(
            TaskExecStdioReadRequest request, StreamObserver<TaskExecStdioReadResponse> observer) {
        var running = execs.get(request.getExecId());
        var client = (ServerCallStreamObserver<TaskExecStdioReadResponse>) observer;
        client.setOnCancelHandler(() -> {});
        Thread.ofVirtual().start(() -> {
            try {
                send(running, request, client);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void send(
            Running running,
            TaskExecStdioReadRequest request,
            ServerCallStreamObserver<TaskExecStdioReadResponse> client)
            throws InterruptedException {
        var offset = (int) request.getOffset();
        var cutAt = cutAfter == 0 ? Integer.MAX_VALUE : offset + cutAfter;
        while (!client.isCancelled()) {
            var piece = running.after(request.getFileDescriptorValue(), offset);
            if (piece == null) {
                client.onCompleted();
                return;
            }
            while (!client.isReady() && !client.isCancelled()) {
                Thread.sleep(1);
            }
            var length = Math.min(piece.length, cutAt - offset);
            client.onNext(TaskExecStdioReadResponse.newBuilder()
                    .setData(ByteString.copyFrom(piece, 0, length))
                    .build());
            offset += length;
            if (offset == cutAt) {
                client.onError(Status.UNAVAILABLE.withDescription("cut").asRuntimeException());
                return;
            }
        }
    }

    @Override
    public void taskExecStdinWrite(
            TaskExecStdinWriteRequest request, StreamObserver<TaskExecStdinWriteResponse> observer) {
        var running = execs.get(request.getExecId());
        try {
            var known = (int) Math.max(0, running.written - request.getOffset());
            if (known < request.getData().size()) {
                var fresh = request.getData().substring(known);
                running.process.getOutputStream().write(fresh.toByteArray());
                running.process.getOutputStream().flush();
                running.written += fresh.size();
            }
            if (request.getEof()) {
                running.process.getOutputStream().close();
            }
            observer.onNext(TaskExecStdinWriteResponse.getDefaultInstance());
            observer.onCompleted();
        } catch (IOException e) {
            observer.onError(
                    Status.FAILED_PRECONDITION.withDescription("it has ended").asRuntimeException());
        }
    }

    @Override
    public void taskExecWait(TaskExecWaitRequest request, StreamObserver<TaskExecWaitResponse> observer) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                var code = execs.get(request.getExecId()).process.waitFor();
                observer.onNext(TaskExecWaitResponse.newBuilder().setCode(code).build());
                observer.onCompleted();
            } catch (InterruptedException | RuntimeException e) {
                // the client has gone
            }
        });
    }

    /** Kills all commands with their children, as the end of a sandbox does. */
    void killAll() {
        execs.values().forEach(it -> {
            var children = it.process.descendants().toList();
            it.process.destroyForcibly(); // killed before its children, because it would report the end of a child
            children.forEach(ProcessHandle::destroyForcibly);
        });
    }

    @Override
    public void close() {
        execs.values().forEach(it -> it.process.destroyForcibly());
    }
}
