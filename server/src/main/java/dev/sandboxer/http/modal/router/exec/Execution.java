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

/** One command that was started in a sandbox, with its streams and its end. Kept for a while after that. Thread-safe. */
public final class Execution {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

    private final SandboxId sandbox;
    private final String id;
    private final String fingerprint;
    private final Streams kept;
    private final Command command;
    private final InstantSource clock;
    private final Spool stdout;
    private final Spool stderr;
    private final Output readableStdout;
    private final StdinPipe stdin = new StdinPipe();
    private final CompletableFuture<Boolean> started = new CompletableFuture<>();
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final AtomicInteger readers = new AtomicInteger();
    private volatile Instant lastUsed;
    private volatile boolean cut;
    private volatile @Nullable ExitStatus ownEnd;
    private volatile @Nullable Thread thread;

    Execution(
            SandboxId sandbox,
            String id,
            String fingerprint,
            Streams kept,
            Command command,
            Spool stdout,
            Spool stderr,
            InstantSource clock) {
        this.sandbox = sandbox;
        this.id = id;
        this.fingerprint = fingerprint;
        this.kept = kept;
        this.command = command;
        this.clock = clock;
        this.stdout = stdout;
        this.stderr = stderr;
        this.readableStdout = command.stdout(stdout);
        this.lastUsed = clock.instant();
    }

    public SandboxId sandbox() {
        return sandbox;
    }

    public String id() {
        return id;
    }

    /** Says the same for the same request. */
    String fingerprint() {
        return fingerprint;
    }

    public StdinPipe stdin() {
        return stdin;
    }

    /** Standard output, or everything that a terminal shows. */
    public Output stdout() {
        return counted(kept.stdout() ? readableStdout : Output.EMPTY);
    }

    public Output stderr() {
        return counted(kept.stderr() == Streams.Stderr.KEPT ? stderr : Output.EMPTY);
    }

    /** Output that isn't thrown away while somebody reads it. */
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
     * Waits until it has begun.
     *
     * @throws SandboxException as the sandbox refuses it
     */
    void awaitStarted() throws InterruptedException {
        try {
            started.get();
        } catch (ExecutionException e) {
            throw rethrown(e);
        }
    }

    /**
     * Waits for its end.
     *
     * @return null when it still runs then
     * @throws StatusRuntimeException {@code DATA_LOSS} when nobody knows how it ended
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

    /** How it ended; null while it runs. Fails like {@link #awaitExit}. */
    public @Nullable ExitStatus poll() throws InterruptedException {
        return exit.isDone() ? awaitExit(Duration.ZERO) : null;
    }

    /** How it has ended by itself; empty while it runs, and when it never began, was let go of or was lost. */
    public Optional<ExitStatus> ownEnd() {
        return Optional.ofNullable(ownEnd);
    }

    /** Tells of its own end, once, on a thread that may take its time; at once when it has ended. */
    public void onOwnEnd(Consumer<ExitStatus> listener) {
        exit.whenComplete((status, failure) -> ownEnd().ifPresent(listener));
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
     * Begins it, on a thread of its own.
     *
     * @param isThere whether the sandbox is still there, asked when a command was lost
     */
    void begin(BooleanSupplier isThere) {
        var fresh = VirtualThreads.start("modal-exec-" + id, () -> run(isThere));
        thread = fresh;
        if (cut) {
            fresh.interrupt();
        }
    }

    /** Ends it from outside: what is at work in the sandbox is let go, and it counts as killed. */
    void cut() {
        cut = true;
        var running = thread;
        if (running != null && !hasEnded()) {
            running.interrupt();
        }
    }

    private void run(BooleanSupplier isThere) {
        try {
            var status = command.run(new Connected());
            ownEnd = status;
            finish(status);
        } catch (InterruptedException e) {
            finish(ExitStatus.KILLED);
        } catch (RuntimeException e) {
            if (!started.isDone()) {
                started.completeExceptionally(e);
                finish(ExitStatus.KILLED);
            } else if (cut || hasGone(e) || !isThere.getAsBoolean()) {
                finish(ExitStatus.KILLED);
            } else {
                lose(e);
            }
        }
    }

    private static boolean hasGone(RuntimeException e) {
        return e instanceof SandboxException failure && failure.code() == ErrorCode.SANDBOX_ENDED;
    }

    private void finish(ExitStatus status) {
        lastUsed = clock.instant();
        stdin.end();
        stdout.end();
        stderr.end();
        started.complete(true);
        exit.complete(status);
    }

    /** Its output may be incomplete, and it may still run: nobody may take that for its end. */
    private void lose(RuntimeException cause) {
        LOG.atWarn()
                .addKeyValue("sandbox", sandbox)
                .addKeyValue("exec", id)
                .setCause(cause)
                .log("lost a command in a sandbox");
        var failure = Status.DATA_LOSS
                .withDescription("the connection to the command broke, and what it does since is not known: "
                        + Redactor.clean(String.valueOf(cause.getMessage())))
                .asRuntimeException();
        lastUsed = clock.instant();
        stdin.end();
        stdout.fail(failure);
        stderr.fail(failure);
        exit.completeExceptionally(failure);
    }

    /** Throws away what is kept. */
    void free() {
        stdout.free();
        stderr.free();
    }

    private final class Connected implements CommandStreams {
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
            if (kept.stdout()) {
                stdout.append(bytes);
            }
        }

        @Override
        public void stderr(byte[] bytes) throws InterruptedException {
            switch (kept.stderr()) {
                case KEPT -> stderr.append(bytes);
                case TO_STDOUT -> stdout(bytes);
                case NOWHERE -> {}
            }
        }
    }
}
