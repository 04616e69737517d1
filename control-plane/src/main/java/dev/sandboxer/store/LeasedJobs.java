package dev.sandboxer.store;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.sandboxer.observe.VirtualThreads;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * Jobs that only one process runs at a time, among all processes that share the database. Each job is a row with the process that runs it
 * and the time of its last heartbeat. If a process is killed, another takes its job over within 30 s.
 */
final class LeasedJobs implements Jobs {
    /** A process that misses {@link #MAX_MISSED} heartbeats counts as dead. The others look for dead processes every second heartbeat. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(4);

    private static final int MAX_MISSED = 4;
    private static final Duration POLL = Duration.ofSeconds(2);

    /** How long a run may continue after {@link #close} before it is interrupted. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Scheduler scheduler;

    LeasedJobs(DataSource source, List<Job> jobs) {
        var tasks = jobs.stream().map(LeasedJobs::task).toList();
        this.scheduler = Scheduler.create(source)
                .startTasks(tasks)
                .threads(Math.max(1, jobs.size()))
                .executorService(VirtualThreads.executor("job"))
                .pollingInterval(POLL)
                .heartbeatInterval(HEARTBEAT)
                .missedHeartbeatsLimit(MAX_MISSED)
                .shutdownMaxWait(GRACE)
                .build();
        scheduler.start();
    }

    private static RecurringTask<Void> task(Job job) {
        return Tasks.recurring(job.name(), FixedDelay.of(job.pause())).execute((instance, context) -> run(job));
    }

    /**
     * Runs a job and clears an interrupt, so that the scheduler can write the end of the run. Without that record, other processes would
     * wait until they count this one as dead.
     */
    private static void run(Job job) {
        try {
            job.work().run();
        } finally {
            var _ = Thread.interrupted();
        }
    }

    @Override
    public void close() {
        scheduler.stop();
    }
}
