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
 * Jobs that one process does at a time, of all on any host that share the database: each is a row, which names the process that
 * is at work and when that was last heard of. The job of one that is killed is taken over within 30 s.
 */
final class LeasedJobs implements Jobs {
    /** A process that misses {@link #MISSED} of them is gone; the others look for such at every second one. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(4);

    private static final int MISSED = 4;
    private static final Duration POLL = Duration.ofSeconds(2);

    /** How long a run may go on once this is closed, before it is interrupted. */
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
                .missedHeartbeatsLimit(MISSED)
                .shutdownMaxWait(GRACE)
                .build();
        scheduler.start();
    }

    private static RecurringTask<Void> task(Job job) {
        return Tasks.recurring(job.name(), FixedDelay.of(job.pause())).execute((instance, context) -> run(job));
    }

    /** The end of a run that was interrupted is written too, or the others would wait for heartbeats that never come. */
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
