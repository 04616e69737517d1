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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A command that runs in a sandbox. A thread reads each stream of its output and one waits for its end; a reader that does not keep up
 * stops them, and then the command.
 */
final class ModalExecution implements Execution {
    private static final String WAITING = "waiting for a command";
    private static final int CAPACITY = 8;
    private static final Duration WAIT = Duration.ofSeconds(60);

    /** How long the terminal of a process that has ended may stay open, because others have it. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final RouterChannel router;
    private final String exec;
    private final boolean terminal;
    private final boolean tellsEnd;
    private final StdinWriter input;
    private final Context.CancellableContext context = Context.ROOT.withCancellation();
    private final Context.CancellableContext reading = context.withCancellation();
    private final CompletableFuture<Exited> end = new CompletableFuture<>();
    private final Deque<ProcessEvent> events = new ArrayDeque<>();
    private @Nullable RuntimeException failure;
    private boolean closed;
    private boolean told;

    private ModalExecution(RouterChannel router, String exec, Command command) {
        this.router = router;
        this.exec = exec;
        this.terminal = command.pty() != null;
        this.tellsEnd = command.tellsEnd();
        this.input = new StdinWriter(router, exec);
    }

    /** A command without input gets its end at once, or it may wait for it until its time is up. */
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
        if (!tellsEnd) {
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
            if (tellsEnd) {
                awaitEnd();
            }
            put(end.join());
        });
        context.cancel(null);
    }

    /** Work of one of the threads. */
    private interface Work {
        void run() throws InterruptedException;
    }

    private void guarded(Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            fail(ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e));
        } catch (RuntimeException e) {
            fail(e); // a defect too: whoever waits has to learn of it
        }
    }

    private void copy(ExecFd descriptor, Channel channel) throws InterruptedException {
        new StdoutReader(router, exec, descriptor, () -> !reading.isCancelled())
                .copy(reading, bytes -> put(new Output(channel, bytes)));
    }

    private void awaitEnd() throws InterruptedException {
        var exited = waitForEnd();
        if (exited.status() == 128 + Signal.KILL.number()) {
            router.ending()
                    .ifPresent(
                            ending -> { // the sandbox went, and took the command with it
                                throw ending.gone(router.sandbox());
                            });
        }
        end.complete(exited);
        if (terminal) {
            Thread.sleep(LAST_WORDS);
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
                    outage.over(); // it runs on
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

    private synchronized void put(ProcessEvent event) throws InterruptedException {
        while (events.size() >= CAPACITY && !closed && failure == null) {
            wait();
        }
        if (!closed) {
            events.add(event);
            told = event instanceof Exited;
            notifyAll();
        }
    }

    private void fail(RuntimeException cause) {
        synchronized (this) {
            if (failure == null) {
                failure = cause;
            }
            notifyAll();
        }
        end.completeExceptionally(cause);
        context.cancel(null);
    }

    @Override
    public synchronized @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
        var until = timeout == null ? 0 : System.nanoTime() + timeout.toNanos();
        while (events.isEmpty()) {
            if (closed) {
                throw ExtensionException.notApplied(Kind.TRANSIENT, "closed on our side");
            }
            if (failure != null) {
                throw failure;
            }
            if (timeout == null) {
                wait();
                continue;
            }
            var left = until - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        notifyAll();
        return events.remove();
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
        boolean runs;
        synchronized (this) {
            runs = !closed && !told && failure == null;
            closed = true;
            events.clear();
            notifyAll();
        }
        context.cancel(null);
        if (runs) {
            Thread.ofVirtual().name("modal-exec-eof").start(this::endInput);
        }
    }

    /** The end of its input is for the command; nobody here waits for it. */
    private void endInput() {
        try {
            input.close(Context.ROOT);
        } catch (OperationException | ExtensionException e) {
            // it has ended, or the sandbox has
        }
    }
}
