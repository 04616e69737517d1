package dev.sandboxer.launch;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.observe.Countdown;
import dev.sandboxer.observe.Sleeper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Runs the start command of one sandbox, and waits until the sandbox is ready. Used by one thread. */
public final class Launcher {
    /** The pause between the first two probes. Each further pause is twice as long, up to {@link #MAX_PAUSE}. */
    private static final Duration MIN_PAUSE = Duration.ofMillis(10);

    private static final Duration MAX_PAUSE = Duration.ofMillis(200);
    private static final Duration MAX_CHECK_TIME = Duration.ofSeconds(20);
    private static final Duration MAX_STOP_TIME = Duration.ofSeconds(10);
    private static final int SHOWN_BYTES = 4 << 10;

    private final Session session;
    private final Launch launch;
    private final Sleeper sleeper;
    private final LastLines probed = new LastLines();
    private final ArrayDeque<ProcessEvent.Exited> exit = new ArrayDeque<>(1);

    public Launcher(Session session, Launch launch, Sleeper sleeper) {
        this.session = session;
        this.launch = launch;
        this.sleeper = sleeper;
    }

    /**
     * Runs the start command, and waits for the ready check.
     *
     * @param longest upper bound of the check's own time limit
     * @throws SandboxException {@code START_FAILED}
     * @throws OperationException when the sandbox refuses to start a process
     */
    public void start(Duration longest) throws InterruptedException {
        var command = launch.command();
        if (command == null) {
            awaitReady(null, longest);
            return;
        }
        try (var process = session.processes().start(StartCommand.process(launch, command))) {
            awaitReady(process, longest);
        }
    }

    /** Runs the start command again after a resumption, unless it still runs or the sandbox has kept its memory. */
    public void startAgain(Duration longest) throws InterruptedException {
        if (launch.command() == null || !isRunning() && !hasKeptMemory()) {
            start(longest);
        }
    }

    /** Makes the next {@link #startAgain} run the start command. Call it before a pause that kills all processes. */
    public void forget() {
        remove(StartCommand.RUN_FILE);
    }

    /** Ends the start command with its process group, and removes its files. */
    public void stop() {
        signal(Signal.TERM);
        var time = new Countdown(MAX_STOP_TIME);
        while (!time.isOver() && isRunning()) {
            sleeper.sleep(MAX_PAUSE);
        }
        if (isRunning()) {
            signal(Signal.KILL);
        }
        StartCommand.FILES.forEach(this::remove);
    }

    private void remove(String file) {
        try {
            session.files().remove(file, launch.user());
        } catch (OperationException e) {
            // a leftover file is harmless
        }
    }

    private boolean isRunning() {
        return session.processes().list().stream().anyMatch(process -> StartCommand.TAG.equals(process.tag()));
    }

    private void signal(Signal signal) {
        try {
            session.processes().signal(ProcessSelector.tag(StartCommand.TAG), signal, true);
        } catch (OperationException e) {
            // it has ended
        }
    }

    private boolean hasKeptMemory() throws InterruptedException {
        return SandboxCommand.run(session, StartCommand.check(launch), MAX_CHECK_TIME, () -> true, bytes -> {})
                        .end()
                == SandboxCommand.End.SUCCEEDED;
    }

    private void awaitReady(@Nullable RunningProcess process, Duration longest) throws InterruptedException {
        var check = launch.ready();
        if (check == null) {
            return;
        }
        var limit = check.within().compareTo(longest) < 0 ? check.within() : longest;
        var time = new Countdown(limit);
        var pause = MIN_PAUSE;
        while (true) {
            var way = new Probes.Way(
                    launch.user(), launch.workdir(), launch.env(), () -> isProbeWanted(process), probed::add);
            probed.clear();
            if (Probes.isReady(session, check.probe(), time.left(), way)) {
                return;
            }
            if (hasFailed(process, pause)) {
                throw failure("its start command ended with exit code "
                        + exit.getFirst().status());
            }
            if (time.isOver()) {
                throw failure("it was not ready within " + limit.toMillis() / 1000.0 + " s (ready check: "
                        + check.probe().text() + ")");
            }
            pause = pause.multipliedBy(2).compareTo(MAX_PAUSE) < 0 ? pause.multipliedBy(2) : MAX_PAUSE;
        }
    }

    private boolean isProbeWanted(@Nullable RunningProcess process) {
        try {
            return !hasFailed(process, Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the next wait throws
            return true;
        }
    }

    /**
     * Waits for the start command to end. Returns true if it ended with a failure; after exit code 0 a daemon may be running.
     *
     * @param process the start command; null = none
     */
    private boolean hasFailed(@Nullable RunningProcess process, Duration wait) throws InterruptedException {
        if (process == null || !exit.isEmpty()) {
            if (wait.isPositive()) {
                sleeper.sleep(wait);
            }
        } else if (process.next(wait) instanceof ProcessEvent.Exited exited) {
            exit.add(exited);
        }
        return !exit.isEmpty() && exit.getFirst().status() != 0;
    }

    private SandboxException failure(String what) {
        var lines = launch.command() == null ? probed : printed();
        return new SandboxException(ErrorCode.START_FAILED, what + lines.text());
    }

    private LastLines printed() {
        var lines = new LastLines();
        try {
            var size = session.files().stat(StartCommand.LOG, null).size();
            try (var file =
                    session.files().read(StartCommand.LOG, null, Math.max(0, size - SHOWN_BYTES), SHOWN_BYTES)) {
                lines.add(file.content().readNBytes(SHOWN_BYTES));
            }
        } catch (OperationException | IOException e) {
            // the message then has no lines
        }
        return lines;
    }
}
