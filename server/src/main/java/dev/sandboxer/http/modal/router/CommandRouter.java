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

/** Modal's task command router: creates its parts and schedules their periodic work. */
public final class CommandRouter implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final Duration PURGE = Duration.ofMinutes(10);

    private final Executions executions;
    private final IdleTimeouts idleTimeouts;
    private final MainProcesses mainProcesses;
    private final MainProcessCalls mainProcessCalls;
    private final Readiness readiness;
    private final DirectoryImages directoryImages;
    private final LegacyFiles legacyFiles;
    private final RouterService service;

    /**
     * Creates the router.
     *
     * @param connected tells if a client is connected to a port of a sandbox
     * @param folder the folder of the directory images; created with the first image
     */
    public CommandRouter(
            Sandboxes sandboxes,
            RouterAccess access,
            Predicate<SandboxId> connected,
            Path folder,
            InstantSource clock) {
        this.executions = new Executions(sandboxes, SpoolSpace.forServer(), clock);
        this.idleTimeouts = new IdleTimeouts(sandboxes, executions, connected, access::profile, clock);
        this.mainProcesses = new MainProcesses(sandboxes, executions, clock);
        this.mainProcessCalls = new MainProcessCalls(mainProcesses, idleTimeouts);
        this.readiness = new Readiness(sandboxes, clock, Sleeper.REAL);
        this.directoryImages = new DirectoryImages(folder.resolve("directories"), clock);
        this.legacyFiles = new LegacyFiles(sandboxes, clock);
        this.service = new RouterService(
                access,
                new ExecCalls(sandboxes, executions, idleTimeouts, access),
                mainProcessCalls,
                readiness,
                new SnapshotCalls(sandboxes, idleTimeouts, access, directoryImages));
    }

    /** The service {@code modal.task_command_router.TaskCommandRouter}. */
    public BindableService service() {
        return service;
    }

    /** The main processes of sandboxes that have one. */
    public MainProcesses mainProcesses() {
        return mainProcesses;
    }

    /**
     * The calls about the input and output of main processes. For sandboxes of the first generation, clients send them to the control
     * plane.
     */
    public MainProcessCalls mainProcessCalls() {
        return mainProcessCalls;
    }

    /** The idle timeouts. */
    public IdleTimeouts idleTimeouts() {
        return idleTimeouts;
    }

    /** The readiness of sandboxes. */
    public Readiness readiness() {
        return readiness;
    }

    /** The images of directories. */
    public DirectoryImages directoryImages() {
        return directoryImages;
    }

    /** The calls with which clients before 0.8.0 work on files. */
    public LegacyFileCalls legacyFileCalls() {
        return new LegacyFileCalls(legacyFiles, idleTimeouts);
    }

    /** Schedules the periodic work. */
    public void schedule(Schedule schedule) {
        schedule.every(SWEEP, "modal-commands", () -> {
            executions.sweep();
            idleTimeouts.sweep();
            readiness.sweep();
            legacyFiles.sweep();
        });
        schedule.every(SWEEP, "modal-mains", mainProcesses::sweep);
        schedule.every(TICK, "modal-idle", idleTimeouts::tick);
        schedule.every(PURGE, "modal-directories", directoryImages::purge);
    }

    @Override
    public void close() {
        executions.close();
        legacyFiles.close();
    }
}
