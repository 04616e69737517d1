package dev.sandboxer.http.modal.router;

import dev.sandboxer.http.modal.router.exec.Executions;
import dev.sandboxer.http.modal.router.exec.SpoolSpace;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.observe.Schedule;
import io.grpc.BindableService;
import java.time.Duration;
import java.time.InstantSource;

/** The task command router, put together. */
public final class CommandRouter implements AutoCloseable {
    private static final Duration SWEEP = Duration.ofSeconds(5);

    private final Executions executions;
    private final RouterService service;

    public CommandRouter(Sandboxes sandboxes, RouterAccess access, InstantSource clock) {
        this.executions = new Executions(sandboxes, SpoolSpace.ofServer(), clock);
        this.service = new RouterService(access, new ExecCalls(sandboxes, executions, access));
    }

    /** The service {@code modal.task_command_router.TaskCommandRouter}. */
    public BindableService service() {
        return service;
    }

    /** The commands that were started here. */
    public Executions executions() {
        return executions;
    }

    /** Schedules the periodic work. */
    public void schedule(Schedule schedule) {
        schedule.every(SWEEP, "modal-commands", executions::sweep);
    }

    @Override
    public void close() {
        executions.close();
    }
}
