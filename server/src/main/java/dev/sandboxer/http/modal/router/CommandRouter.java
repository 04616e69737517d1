package dev.sandboxer.http.modal.router;

import dev.sandboxer.http.modal.router.exec.Executions;
import dev.sandboxer.http.modal.router.exec.SpoolSpace;
import dev.sandboxer.http.modal.router.legacy.LegacyFiles;
import dev.sandboxer.http.modal.router.snapshot.DirectoryImages;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.Schedule;
import dev.sandboxer.observe.Sleeper;
import io.grpc.BindableService;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Predicate;

/** The task command router, put together. */
public final class CommandRouter implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final Duration PURGE = Duration.ofMinutes(10);

    private final Executions executions;
    private final IdleTimeouts idle;
    private final MainProcesses mains;
    private final MainProcessCalls mainCalls;
    private final Readiness readiness;
    private final DirectoryImages images;
    private final LegacyFiles files;
    private final RouterService service;

    /**
     * @param connected whether somebody is connected to a port of a sandbox just now
     * @param folder for what is kept beside the database; made when it is needed
     */
    public CommandRouter(
            Sandboxes sandboxes,
            RouterAccess access,
            Predicate<SandboxId> connected,
            Path folder,
            InstantSource clock) {
        this.executions = new Executions(sandboxes, SpoolSpace.ofServer(), clock);
        this.idle = new IdleTimeouts(sandboxes, executions, connected, access::profile, clock);
        this.mains = new MainProcesses(sandboxes, executions, clock);
        this.mainCalls = new MainProcessCalls(mains, idle);
        this.readiness = new Readiness(sandboxes, clock, Sleeper.REAL);
        this.images = new DirectoryImages(folder.resolve("directories"), clock);
        this.files = new LegacyFiles(sandboxes, clock);
        this.service = new RouterService(
                access,
                new ExecCalls(sandboxes, executions, idle, access),
                mainCalls,
                readiness,
                new SnapshotCalls(sandboxes, idle, access, images));
    }

    /** The service {@code modal.task_command_router.TaskCommandRouter}. */
    public BindableService service() {
        return service;
    }

    /** The main processes of sandboxes that have one. */
    public MainProcesses mains() {
        return mains;
    }

    /** The input and output of main processes, as clients of the first generation ask the control plane for them. */
    public MainProcessCalls mainCalls() {
        return mainCalls;
    }

    /** The idle timeouts. */
    public IdleTimeouts idle() {
        return idle;
    }

    /** Who is ready. */
    public Readiness readiness() {
        return readiness;
    }

    /** The kept directories. */
    public DirectoryImages images() {
        return images;
    }

    /** Files, as clients before 0.8.0 ask the control plane for them. */
    public LegacyFileCalls files() {
        return new LegacyFileCalls(files, idle);
    }

    /** Schedules the periodic work. */
    public void schedule(Schedule schedule) {
        schedule.every(SWEEP, "modal-commands", () -> {
            executions.sweep();
            idle.sweep();
            readiness.sweep();
            files.sweep();
        });
        schedule.every(SWEEP, "modal-mains", mains::sweep);
        schedule.every(TICK, "modal-idle", idle::tick);
        schedule.every(PURGE, "modal-directories", images::purge);
    }

    @Override
    public void close() {
        executions.close();
        files.close();
    }
}
