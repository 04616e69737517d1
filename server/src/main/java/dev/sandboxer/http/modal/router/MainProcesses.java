package dev.sandboxer.http.modal.router;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.hosts.Place;
import dev.sandboxer.http.modal.edge.ModalMetadata;
import dev.sandboxer.http.modal.router.exec.Command;
import dev.sandboxer.http.modal.router.exec.Execution;
import dev.sandboxer.http.modal.router.exec.Executions;
import dev.sandboxer.http.modal.router.exec.ExitStatus;
import dev.sandboxer.http.modal.router.exec.KeptStreams;
import dev.sandboxer.http.modal.router.exec.ProcessCommand;
import dev.sandboxer.http.modal.router.exec.StdinPipe;
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
 * The main processes of sandboxes: the commands that sandboxes are created with. When a main process ends, its sandbox ends. Only the
 * end of its output is kept, and it never waits for a reader. Thread-safe.
 */
public final class MainProcesses {
    private static final Logger LOG = LoggerFactory.getLogger(MainProcesses.class);

    /** The id of a main process that this server has started. */
    private static final String STARTED_ID = Executions.INTERNAL + "main";

    /**
     * The id of a main process that was found running. It differs from {@link #STARTED_ID}, so that following a process never blocks a
     * start.
     */
    private static final String FOLLOWED_ID = Executions.INTERNAL + "main-followed";

    /** The process's tag in its sandbox, by which this server finds it after a restart. */
    private static final String TAG = "modal-main";

    /** Up to this age, another server may be about to start the sandbox's main process. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    /** A process that is killed this close to its sandbox's deadline was killed by the deadline. */
    private static final Duration AT_DEADLINE = Duration.ofSeconds(2);

    private final Sandboxes sandboxes;
    private final Executions executions;
    private final InstantSource clock;
    private final Instant serverStart;
    private final Set<SandboxId> notFollowed = ConcurrentHashMap.newKeySet();

    MainProcesses(Sandboxes sandboxes, Executions executions, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.executions = executions;
        this.clock = clock;
        this.serverStart = clock.instant();
    }

    /**
     * Starts a sandbox's main process, unless it runs already, in the working directory from the metadata. Returns once it runs.
     *
     * @param pty null = pipes
     * @throws SandboxException when the process can't be started
     * @throws StatusRuntimeException {@code INVALID_ARGUMENT}
     */
    public void start(Sandbox sandbox, List<String> argv, @Nullable PTYInfo pty) throws InterruptedException {
        if (sandbox.createdAt().isBefore(serverStart) && of(sandbox).isPresent()) {
            return; // the client repeats its call after a restart of this server
        }
        ExecRequests.checkCommand(argv);
        var spec = ExecRequests.process(argv, sandbox, pty).tag(TAG);
        if (pty != null) {
            spec.env(ExecRequests.variables(pty));
        }
        begin(sandbox, STARTED_ID, ProcessCommand.start(sandboxes, sandbox, spec.build()));
    }

    private void begin(Sandbox sandbox, String id, Command command) throws InterruptedException {
        executions
                .start(sandbox, new Executions.Request(id, "", KeptStreams.BOTH, command, true))
                .onReportedExit(status -> end(sandbox.id(), status));
    }

    /** Returns the main process that this server has started or follows; empty some minutes after its end. */
    public Optional<Execution> find(SandboxId sandbox) {
        return executions.find(sandbox, STARTED_ID).or(() -> executions.find(sandbox, FOLLOWED_ID));
    }

    /** Returns a sandbox's main process; follows one that another server has started, or this one before a restart. */
    Optional<Execution> of(Sandbox sandbox) throws InterruptedException {
        var known = find(sandbox.id());
        if (known.isEmpty() && sandbox.state() == SandboxState.RUNNING && hasCommand(sandbox)) {
            follow(sandbox);
            return find(sandbox.id());
        }
        return known;
    }

    private static boolean hasCommand(Sandbox sandbox) {
        return !ModalMetadata.of(sandbox).entrypoint().isEmpty();
    }

    /**
     * Returns the standard input of a sandbox's main process.
     *
     * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when it has none
     */
    StdinPipe stdin(Sandbox sandbox) throws InterruptedException {
        return of(sandbox)
                .orElseThrow(() -> Status.FAILED_PRECONDITION
                        .withDescription("the sandbox has no command that reads standard input")
                        .asRuntimeException())
                .stdin();
    }

    /** Follows main processes that this server hasn't started, and ends sandboxes whose main process has ended. */
    void sweep() {
        var live = sandboxes.live();
        notFollowed.retainAll(Set.copyOf(live));
        for (SandboxId id : live) {
            if (!notFollowed.contains(id)) {
                check(id);
            }
        }
    }

    private void check(SandboxId id) {
        var known = find(id);
        if (known.isPresent() && !known.get().hasEnded()) {
            return;
        }
        var end = known.flatMap(Execution::reportedExit);
        if (end.isPresent()) {
            end(id, end.get()); // the first attempt failed
            return;
        }
        known.ifPresent(executions::forget); // the connection to the process broke
        sandboxes.find(id).ifPresent(this::followIfHere);
    }

    private void followIfHere(Sandbox sandbox) {
        if (!hasCommand(sandbox) || !(sandboxes.hosts().of(sandbox.host()) instanceof Place.Here)) {
            notFollowed.add(sandbox.id());
        } else if (sandbox.state() == SandboxState.RUNNING) {
            try {
                follow(sandbox);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the schedule is stopping
            }
        }
    }

    private void follow(Sandbox sandbox) throws InterruptedException {
        try {
            begin(sandbox, FOLLOWED_ID, ProcessCommand.attach(sandboxes, sandbox, TAG));
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

    /** Ends a sandbox because its main process has ended. A null status means that the exit status is unknown. */
    private void end(SandboxId id, @Nullable ExitStatus status) {
        var sandbox = sandboxes.find(id);
        if (sandbox.isEmpty() || !isAlive(sandbox.get()) || isByDeadline(sandbox.get(), status)) {
            return;
        }
        try {
            var noted = sandboxes.relabel(
                    sandbox.get(), now -> ModalMetadata.of(now).with(ModalMetadata.RESULT, text(status)));
            if (status == null) {
                sandboxes.destroy(noted);
            } else {
                sandboxes.complete(noted, code(status));
            }
        } catch (SandboxException e) {
            if (sandboxes.find(id).filter(MainProcesses::isAlive).isPresent()) {
                LOG.atWarn()
                        .addKeyValue("sandbox", id)
                        .setCause(e)
                        .log("can't end a sandbox whose command has ended; trying again");
            }
        }
    }

    private static boolean isAlive(Sandbox sandbox) {
        return sandbox.state() == SandboxState.RUNNING || sandbox.state() == SandboxState.PAUSED;
    }

    /** Returns true if the deadline killed the process. The sandbox's end is then recorded elsewhere, with the deadline as its reason. */
    private boolean isByDeadline(Sandbox sandbox, @Nullable ExitStatus status) {
        return ExitStatus.KILLED.equals(status)
                && clock.instant().plus(AT_DEADLINE).isAfter(sandbox.deadline());
    }

    private static String text(@Nullable ExitStatus status) {
        return status == null ? ModalMetadata.UNKNOWN : Integer.toString(code(status));
    }

    private static int code(ExitStatus status) {
        return switch (status) {
            case ExitStatus.Code(int code) -> code;
            case ExitStatus.Signal(int number) -> 128 + number;
        };
    }
}
