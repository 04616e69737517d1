package dev.sandboxer.modal.router;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.support.Command;
import dev.sandboxer.extension.support.EventBuffer;
import dev.sandboxer.extension.support.Execution;
import dev.sandboxer.modal.rpc.StatusMapper;
import dev.sandboxer.protocol.modal.RouterProto.ExecFd;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecWaitRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecWaitResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecWaitResponse.ExitStatusCase;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A command that runs in a sandbox. One thread reads each output stream and one waits for the exit. A slow reader
 * blocks these threads, and so the command.
 */
final class ModalExecution implements Execution {
    private static final String WAITING = "waiting for a command";
    private static final Duration WAIT = Duration.ofSeconds(60);

    /** How long to read a terminal after the command's exit, since other processes may keep it open. */
    private static final Duration TERMINAL_DRAIN = Duration.ofSeconds(5);

    private final RouterChannel router;
    private final String exec;
    private final boolean terminal;
    private final boolean reportsExit;
    private final StdinWriter input;
    private final Context.CancellableContext context = Context.ROOT.withCancellation();
    private final Context.CancellableContext reading = context.withCancellation();
    private final CompletableFuture<Exited> end = new CompletableFuture<>();
    private final EventBuffer events = new EventBuffer();

    private ModalExecution(RouterChannel router, String exec, Command command) {
        this.router = router;
        this.exec = exec;
        this.terminal = command.pty() != null;
        this.reportsExit = command.reportsExit();
        this.input = new StdinWriter(router, exec);
    }

    /**
     * Starts the threads of a command. Closes the input of a command without input at once, so it can't wait for any.
     */
    static ModalExecution begin(RouterChannel router, String exec, Command command) {
        var execution = new ModalExecution(router, exec, command);
        Thread.ofVirtual().name("modal-exec").start(execution::run);
        if (!command.stdin() && command.pty() == null) {
            Thread.ofVirtual().name("modal-exec-eof").start(() -> execution.guarded(execution::closeInput));
        }
        return execution;
    }

    private void run() {
        var errors = new CountDownLatch(terminal ? 0 : 1);
        if (!reportsExit) {
            Thread.ofVirtual().name("modal-exec-wait").start(() -> guarded(this::awaitEnd));
        }
        if (!terminal) {
            Thread.ofVirtual().name("modal-exec-stderr").start(() -> {
                guarded(() -> copy(ExecFd.EXEC_FD_STDERR, Channel.STDERR));
                errors.countDown();
            });
        }
        guarded(() -> {
            copy(ExecFd.EXEC_FD_STDOUT, terminal ? Channel.PTY : Channel.STDOUT);
            errors.await();
            if (reportsExit) {
                awaitEnd();
            }
            events.put(end.join());
        });
        context.cancel(null);
    }

    /** Work of one thread. */
    private interface Work {
        void run() throws InterruptedException;
    }

    private void guarded(Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            fail(ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e));
        } catch (RuntimeException e) {
            fail(e); // even a defect has to reach the waiting reader
        }
    }

    private void copy(ExecFd descriptor, Channel channel) throws InterruptedException {
        new StdoutReader(router, exec, descriptor, () -> !reading.isCancelled())
                .copy(reading, bytes -> events.put(new Output(channel, bytes)));
    }

    private void awaitEnd() throws InterruptedException {
        var exited = waitForEnd();
        if (exited.status() == 128 + Signal.KILL.number()) {
            // probably killed because the sandbox ended: our signals go to the process inside the command, not to the
            // command itself
            router.awaitEndOrDestruction().ifPresent(sandboxEnd -> {
                throw sandboxEnd.gone(router.sandbox());
            });
        }
        end.complete(exited);
        if (terminal) {
            Thread.sleep(TERMINAL_DRAIN);
            reading.cancel(null);
        }
    }

    private Exited waitForEnd() {
        var outage = new Outage(router, WAITING);
        while (true) {
            try {
                var answer = router.once(
                        context,
                        TaskCommandRouterGrpc.getTaskExecWaitMethod(),
                        task -> TaskExecWaitRequest.newBuilder()
                                .setTaskId(task)
                                .setExecId(exec)
                                .build(),
                        WAIT);
                if (answer.getExitStatusCase() != ExitStatusCase.EXITSTATUS_NOT_SET) {
                    return exited(answer);
                }
                outage.pause(ExtensionException.unknown(Kind.TRANSIENT, WAITING + ": no answer", null));
            } catch (StatusRuntimeException e) {
                if (context.isCancelled()) {
                    throw ExtensionException.notApplied(Kind.TRANSIENT, "closed on our side");
                }
                if (e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
                    outage.over(); // the command still runs
                } else if (StatusMapper.isTransient(e)) {
                    outage.pause(e);
                } else {
                    throw router.failure(e, WAITING);
                }
            }
        }
    }

    private static Exited exited(TaskExecWaitResponse answer) {
        return answer.getExitStatusCase() == ExitStatusCase.SIGNAL
                ? new Exited(-1, answer.getSignal(), false)
                : new Exited(answer.getCode(), 0, false);
    }

    private void fail(RuntimeException cause) {
        events.fail(cause);
        end.completeExceptionally(cause);
        context.cancel(null);
    }

    @Override
    public @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
        return events.next(timeout);
    }

    @Override
    public void writeInput(byte[] bytes, int offset, int length) {
        input.write(context, bytes, offset, length);
    }

    @Override
    public void writeLastInput(byte[] bytes) {
        input.writeLast(context, bytes);
    }

    @Override
    public void closeInput() {
        input.close(context);
    }

    @Override
    public void close() {
        var runs = events.isOpen();
        events.close();
        context.cancel(null);
        if (runs) {
            Thread.ofVirtual().name("modal-exec-eof").start(this::endInput);
        }
    }

    /** Closes the input, so that a command that waits for it can end; its failures are ignored. */
    private void endInput() {
        try {
            input.close(Context.ROOT);
        } catch (OperationException | ExtensionException e) {
            // the command has ended, or the sandbox has
        }
    }
}
