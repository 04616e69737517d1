package dev.sandboxer.http.modal.router.exec;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.Redactor;
import dev.sandboxer.observe.VirtualThreads;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A command that was started in a sandbox, with its streams and its exit status. It is kept for a while after its end. Thread-safe. */
public final class Execution {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

    private final SandboxId sandbox;
    private final Executions.Request request;
    private final InstantSource clock;
    private final Spool stdout;
    private final Spool stderr;
    private final Output readableStdout;
    private final StdinPipe stdin = new StdinPipe();
    private final CompletableFuture<Boolean> started = new CompletableFuture<>();
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final AtomicInteger readers = new AtomicInteger();
    private volatile Instant lastUsed;
    private volatile boolean detached;
    private volatile @Nullable ExitStatus reportedExit;
    private volatile @Nullable Thread thread;

    Execution(SandboxId sandbox, Executions.Request request, Spool stdout, Spool stderr, InstantSource clock) {
        this.sandbox = sandbox;
        this.request = request;
        this.clock = clock;
        this.stdout = stdout;
        this.stderr = stderr;
        this.readableStdout = request.command().stdout(stdout);
        this.lastUsed = clock.instant();
    }

    public SandboxId sandbox() {
        return sandbox;
    }

    public String id() {
        return request.id();
    }

    /** The hash of the client's request. */
    String fingerprint() {
        return request.fingerprint();
    }

    public StdinPipe stdin() {
        return stdin;
    }

    /** Standard output, or all output of a terminal. */
    public Output stdout() {
        return counted(request.streams().stdout() ? readableStdout : Output.EMPTY);
    }

    public Output stderr() {
        return counted(request.streams().stderr() == KeptStreams.Stderr.KEPT ? stderr : Output.EMPTY);
    }

    /** Returns an output that counts its readers. A command is kept while its output is read. */
    private Output counted(Output output) {
        return (offset, sink) -> {
            readers.incrementAndGet();
            try {
                output.transfer(offset, sink);
            } finally {
                lastUsed = clock.instant();
                readers.decrementAndGet();
            }
        };
    }

    /**
     * Waits until the command has started.
     *
     * @throws SandboxException when it can't be started
     */
    void awaitStarted() throws InterruptedException {
        try {
            started.get();
        } catch (ExecutionException e) {
            throw rethrown(e);
        }
    }

    /**
     * Waits for the command's end.
     *
     * @return the exit status; null when the command still runs after that time
     * @throws StatusRuntimeException {@code DATA_LOSS} when the connection to it was lost
     */
    public @Nullable ExitStatus awaitExit(Duration longest) throws InterruptedException {
        lastUsed = clock.instant();
        try {
            return exit.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw rethrown(e);
        }
    }

    /** Returns the exit status; null while the command runs. Fails like {@link #awaitExit}. */
    public @Nullable ExitStatus poll() throws InterruptedException {
        return exit.isDone() ? awaitExit(Duration.ZERO) : null;
    }

    /** The exit status that the command itself reported; empty while it runs, and if it never started, was detached or was lost. */
    public Optional<ExitStatus> reportedExit() {
        return Optional.ofNullable(reportedExit);
    }

    /** Calls a listener once with the {@link #reportedExit}, on a thread that may block; at once if the command has ended. */
    public void onReportedExit(Consumer<ExitStatus> listener) {
        exit.whenComplete((status, failure) -> reportedExit().ifPresent(listener));
    }

    private static RuntimeException rethrown(ExecutionException e) {
        return e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
    }

    public boolean hasEnded() {
        return exit.isDone();
    }

    boolean isUnusedSince(Instant instant) {
        return hasEnded() && readers.get() == 0 && lastUsed.isBefore(instant);
    }

    Instant lastUsed() {
        return lastUsed;
    }

    /**
     * Runs the command on a thread of its own.
     *
     * @param isSandboxAlive called when the connection to the command is lost
     */
    void start(BooleanSupplier isSandboxAlive) {
        var fresh = VirtualThreads.start("modal-exec-" + id(), () -> run(isSandboxAlive));
        thread = fresh;
        if (detached) {
            fresh.interrupt();
        }
    }

    /** Stops following the command, whose exit status is {@link ExitStatus#KILLED} from then on. A process in the sandbox keeps running. */
    void detach() {
        detached = true;
        var running = thread;
        if (running != null && !hasEnded()) {
            running.interrupt();
        }
    }

    private void run(BooleanSupplier isSandboxAlive) {
        try {
            var status = request.command().run(new ConnectedStreams());
            reportedExit = status;
            finish(status);
        } catch (InterruptedException e) {
            finish(ExitStatus.KILLED);
        } catch (RuntimeException e) {
            if (!started.isDone()) {
                started.completeExceptionally(e);
                finish(ExitStatus.KILLED);
            } else if (detached || isSandboxEnded(e) || !isSandboxAlive.getAsBoolean()) {
                finish(ExitStatus.KILLED);
            } else {
                failWithDataLoss(e);
            }
        }
    }

    private static boolean isSandboxEnded(RuntimeException e) {
        return e instanceof SandboxException failure && failure.code() == ErrorCode.SANDBOX_ENDED;
    }

    private void finish(ExitStatus status) {
        lastUsed = clock.instant();
        stdin.endCommand();
        stdout.end();
        stderr.end();
        started.complete(true);
        exit.complete(status);
    }

    /** Fails readers and waiters: the output may be incomplete and the command may still run, so this must not look like its end. */
    private void failWithDataLoss(RuntimeException cause) {
        LOG.atWarn()
                .addKeyValue("sandbox", sandbox)
                .addKeyValue("exec", id())
                .setCause(cause)
                .log("lost the connection to a command in a sandbox");
        var failure = Status.DATA_LOSS
                .withDescription("lost the connection to the command, which may still run: "
                        + Redactor.clean(String.valueOf(cause.getMessage())))
                .asRuntimeException();
        lastUsed = clock.instant();
        stdin.endCommand();
        stdout.fail(failure);
        stderr.fail(failure);
        exit.completeExceptionally(failure);
    }

    /** Discards the kept output. */
    void free() {
        stdout.free();
        stderr.free();
    }

    private final class ConnectedStreams implements CommandStreams {
        @Override
        public void started() {
            started.complete(true);
        }

        @Override
        public StdinPipe stdin() {
            return stdin;
        }

        @Override
        public void stdout(byte[] bytes) throws InterruptedException {
            if (request.streams().stdout()) {
                stdout.append(bytes);
            }
        }

        @Override
        public void stderr(byte[] bytes) throws InterruptedException {
            switch (request.streams().stderr()) {
                case KEPT -> stderr.append(bytes);
                case TO_STDOUT -> stdout(bytes);
                case DISCARDED -> {}
            }
        }
    }
}
