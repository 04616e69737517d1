package dev.sandboxer.http.modal.router;

import com.google.protobuf.ByteString;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.hosts.Place;
import dev.sandboxer.http.modal.edge.SandboxNotes;
import dev.sandboxer.http.modal.router.exec.Command;
import dev.sandboxer.http.modal.router.exec.Execution;
import dev.sandboxer.http.modal.router.exec.Executions;
import dev.sandboxer.http.modal.router.exec.ExitStatus;
import dev.sandboxer.http.modal.router.exec.ProcessCommand;
import dev.sandboxer.http.modal.router.exec.StdinPipe;
import dev.sandboxer.http.modal.router.exec.Streams;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.protocol.modal.ClientProto.PTYInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main process of each sandbox that has one: the command that it was made with. Its end is that of the sandbox. Only the end of
 * its output is kept, and it never waits for a reader. Thread-safe.
 */
public final class MainProcesses {
    private static final Logger LOG = LoggerFactory.getLogger(MainProcesses.class);

    private static final String STARTED = Executions.OURS + "main";

    /** A name of its own, so that following one that is about to be started doesn't get in its way. */
    private static final String FOLLOWED = Executions.OURS + "main-followed";

    /** The process's name in its sandbox, to find it by after a restart of this server. */
    private static final String TAG = "modal-main";

    /** So young, a sandbox may be about to get its main process from another server. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    /** A process that is killed this close to its sandbox's deadline was killed by that. */
    private static final Duration AT_DEADLINE = Duration.ofSeconds(2);

    private final Sandboxes sandboxes;
    private final Executions executions;
    private final InstantSource clock;
    private final Instant began;
    private final Set<SandboxId> without = ConcurrentHashMap.newKeySet();

    MainProcesses(Sandboxes sandboxes, Executions executions, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.executions = executions;
        this.clock = clock;
        this.began = clock.instant();
    }

    /**
     * Starts it, unless it runs, in the working directory that the sandbox's metadata names; returns once it runs.
     *
     * @param pty null = pipes
     * @throws SandboxException as the sandbox refuses it
     * @throws StatusRuntimeException {@code INVALID_ARGUMENT}
     */
    public void start(Sandbox sandbox, List<String> argv, @Nullable PTYInfo pty) throws InterruptedException {
        if (sandbox.createdAt().isBefore(began) && of(sandbox).isPresent()) {
            return; // the client asks again, after a restart of this server
        }
        ExecRequests.checkCommand(argv);
        var spec = ExecRequests.process(argv, sandbox, pty).tag(TAG);
        if (pty != null) {
            spec.env(ExecRequests.variables(pty));
        }
        begin(sandbox, STARTED, ProcessCommand.start(sandboxes, sandbox, spec.build()));
    }

    private void begin(Sandbox sandbox, String id, Command command) throws InterruptedException {
        executions
                .start(sandbox, new Executions.Request(id, "", Streams.BOTH, command, true))
                .onOwnEnd(status -> end(sandbox.id(), status));
    }

    /** The main process of a sandbox, while it runs and for some minutes after that; empty also when it never had one. */
    public Optional<Execution> find(SandboxId sandbox) {
        return executions.find(sandbox, STARTED).or(() -> executions.find(sandbox, FOLLOWED));
    }

    /** The main process of a sandbox, also when another server, or this one before its restart, has started it. */
    Optional<Execution> of(Sandbox sandbox) throws InterruptedException {
        var known = find(sandbox.id());
        if (known.isEmpty() && sandbox.state() == SandboxState.RUNNING && hasCommand(sandbox)) {
            follow(sandbox);
            return find(sandbox.id());
        }
        return known;
    }

    private static boolean hasCommand(Sandbox sandbox) {
        return !SandboxNotes.of(sandbox).entrypoint().isEmpty();
    }

    /**
     * The input of a sandbox's main process.
     *
     * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when there is no such process
     */
    StdinPipe stdin(Sandbox sandbox) throws InterruptedException {
        return of(sandbox)
                .orElseThrow(() -> Status.FAILED_PRECONDITION
                        .withDescription("the sandbox has no command that could read this")
                        .asRuntimeException())
                .stdin();
    }

    /**
     * Adds to its standard input.
     *
     * @param offset of the first of the bytes, from the beginning of the input
     * @param eof whether it is the end
     * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when there is no such process, or as {@link StdinPipe.Turn#write}
     */
    void write(Sandbox sandbox, long offset, ByteString bytes, boolean eof) throws InterruptedException {
        stdin(sandbox).begin().write(offset, bytes, eof);
    }

    /** Follows those that were started before this server was, and ends sandboxes whose main process has ended. For a schedule. */
    void sweep() {
        var live = sandboxes.live();
        without.retainAll(Set.copyOf(live));
        for (SandboxId id : live) {
            if (!without.contains(id)) {
                look(id);
            }
        }
    }

    private void look(SandboxId id) {
        var known = find(id);
        if (known.isPresent() && !known.get().hasEnded()) {
            return;
        }
        var end = known.flatMap(Execution::ownEnd);
        if (end.isPresent()) {
            end(id, end.get()); // it could not be ended before
            return;
        }
        known.ifPresent(executions::forget); // the connection to it broke
        sandboxes.find(id).ifPresent(this::followIfOurs);
    }

    private void followIfOurs(Sandbox sandbox) {
        if (!hasCommand(sandbox) || !(sandboxes.hosts().of(sandbox.host()) instanceof Place.Here)) {
            without.add(sandbox.id());
        } else if (sandbox.state() == SandboxState.RUNNING) {
            try {
                follow(sandbox);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the schedule ends
            }
        }
    }

    private void follow(Sandbox sandbox) throws InterruptedException {
        try {
            begin(sandbox, FOLLOWED, ProcessCommand.attach(sandboxes, sandbox, TAG));
        } catch (SandboxException e) {
            if (!isMissing(e)) {
                LOG.atWarn()
                        .addKeyValue("sandbox", sandbox.id())
                        .setCause(e)
                        .log("can't follow a sandbox's command; trying again");
            } else if (startOf(sandbox).plus(YOUNG).isBefore(clock.instant())) {
                end(sandbox.id(), null);
            }
        }
    }

    private static boolean isMissing(SandboxException e) {
        return e.getCause() instanceof OperationException refusal
                && refusal.reason() == OperationException.Reason.PROCESS_NOT_FOUND;
    }

    private static Instant startOf(Sandbox sandbox) {
        var started = sandbox.startedAt();
        return started == null ? sandbox.createdAt() : started;
    }

    /** Ends a sandbox as its main process has ended; null = nobody knows how. */
    private void end(SandboxId id, @Nullable ExitStatus status) {
        var sandbox = sandboxes.find(id);
        if (sandbox.isEmpty() || !isThere(sandbox.get()) || isByDeadline(sandbox.get(), status)) {
            return;
        }
        try {
            var noted = sandboxes.relabel(
                    sandbox.get(), now -> SandboxNotes.of(now).with(SandboxNotes.RESULT, text(status)));
            sandboxes.destroy(noted);
        } catch (SandboxException e) {
            if (sandboxes.find(id).filter(MainProcesses::isThere).isPresent()) {
                LOG.atWarn()
                        .addKeyValue("sandbox", id)
                        .setCause(e)
                        .log("can't end a sandbox whose command has ended; trying again");
            }
        }
    }

    private static boolean isThere(Sandbox sandbox) {
        return sandbox.state() == SandboxState.RUNNING || sandbox.state() == SandboxState.PAUSED;
    }

    /** Then the sandbox ends for that reason, as soon as that is noticed. */
    private boolean isByDeadline(Sandbox sandbox, @Nullable ExitStatus status) {
        return ExitStatus.KILLED.equals(status)
                && clock.instant().plus(AT_DEADLINE).isAfter(sandbox.deadline());
    }

    private static String text(@Nullable ExitStatus status) {
        return switch (status) {
            case ExitStatus.Code(int code) -> Integer.toString(code);
            case ExitStatus.Signal(int number) -> Integer.toString(128 + number);
            case null -> SandboxNotes.UNKNOWN;
        };
    }
}
