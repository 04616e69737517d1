package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.RepairChecks;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;

/** Threads of two processes work on one sandbox or one request: one wins, the others get a conflict or its result, nothing is left over. */
class ConcurrencyTest extends InstallationTest {
    private static final int THREADS = 6;

    private final AtomicInteger turns = new AtomicInteger();
    private ControlPlane other;

    @BeforeEach
    void startAnother() {
        other = installation.start();
    }

    @AfterEach
    void stopTheOther() {
        other.close();
    }

    /** Returns {@code Sandboxes} of the two processes, alternately. */
    @Override
    Sandboxes sandboxes() {
        return (turns.getAndIncrement() % 2 == 0 ? process : other).sandboxes();
    }

    @RepeatedTest(20)
    void many_creations_with_one_key_make_one_sandbox() throws Exception {
        var outcomes = atOnce(times(THREADS, () -> sandboxes().create(installation.request("key"))));

        assertThat(outcomes).isSubsetOf("RUNNING", "CONFLICT").contains("RUNNING");
        assertThat(installation.running()).hasSize(1);
        assertThat(first().created()).hasSize(1);
        assertThat(only().state()).isEqualTo(SandboxState.RUNNING);
    }

    @RepeatedTest(20)
    void many_retries_of_a_creation_that_failed_make_one_sandbox() throws Exception {
        first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        installation.second().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        assertFails(ErrorCode.NO_CANDIDATE, () -> sandboxes().create(installation.request("key")));

        var outcomes = atOnce(times(THREADS, () -> sandboxes().create(installation.request("key"))));

        assertThat(outcomes).isSubsetOf("RUNNING", "CONFLICT").contains("RUNNING");
        assertThat(installation.running()).hasSize(1);
    }

    @RepeatedTest(20)
    void many_destructions_of_one_sandbox_end_it_once() throws Exception {
        var sandbox = create();

        var outcomes = atOnce(times(THREADS, () -> sandboxes().destroy(read(sandbox))));

        assertThat(outcomes).containsExactly("STOPPED");
        assertThat(only().reason()).isEqualTo(EndReason.KILLED);
        RepairChecks.check(installation, "many destructions");
    }

    @RepeatedTest(20)
    void many_extensions_of_one_sandbox_leave_a_deadline_that_one_of_them_requested() throws Exception {
        var sandbox = create();
        var tasks = new ArrayList<Callable<Sandbox>>();
        for (int i = 1; i <= THREADS; i++) {
            var ttl = Duration.ofMinutes(i);
            tasks.add(() -> sandboxes().extend(read(sandbox), ttl, installation.profile()));
        }

        assertThat(atOnce(tasks)).containsExactly("RUNNING");
        assertThat(first().running().getFirst().deadline()).isEqualTo(only().deadline());
        RepairChecks.check(installation, "many extensions");
    }

    @RepeatedTest(30)
    void simultaneous_pauses_and_resumptions_leave_row_and_backend_in_the_same_state() throws Exception {
        var sandbox = create();
        var tasks = new ArrayList<Callable<Sandbox>>();
        tasks.addAll(times(2, () -> sandboxes().pause(read(sandbox))));
        tasks.addAll(times(3, () -> sandboxes().resume(read(sandbox), Duration.ofMinutes(5), installation.profile())));
        tasks.addAll(times(2, () -> sandboxes().extend(read(sandbox), Duration.ofMinutes(7), installation.profile())));

        assertThat(atOnce(tasks)).isSubsetOf("RUNNING", "PAUSED", "CONFLICT");

        var backends = first().running().getFirst();
        assertThat(only().pending()).isNull();
        assertThat(backends.paused()).isEqualTo(only().state() == SandboxState.PAUSED);
        assertThat(backends.deadline()).isEqualTo(only().deadline());
        assertThat(sandboxes().destroy(read(sandbox)).state()).isEqualTo(SandboxState.STOPPED);
    }

    @RepeatedTest(30)
    void simultaneous_creation_use_extension_destruction_and_repair_leave_nothing_over() throws Exception {
        var sandbox = sandboxes().create(installation.request("key"));
        var tasks = new ArrayList<Callable<Sandbox>>();
        tasks.addAll(times(2, () -> sandboxes().destroy(read(sandbox))));
        tasks.addAll(times(2, () -> sandboxes().extend(read(sandbox), Duration.ofMinutes(30), installation.profile())));
        tasks.addAll(times(2, () -> sandboxes().create(installation.request("key"))));
        tasks.addAll(times(2, () -> sandboxes().use(read(sandbox), session -> sandbox)));
        tasks.add(() -> {
            sandboxes().repair().repairUnfinished();
            sandboxes().repair().reconcile(installation.extensions());
            return sandbox;
        });

        assertThat(atOnce(tasks)).isSubsetOf("RUNNING", "STOPPING", "STOPPED", "CONFLICT", "SANDBOX_ENDED");

        sandboxes().destroy(read(sandbox));
        assertThat(installation.running()).isEmpty();
        assertThat(only().reason()).isEqualTo(EndReason.KILLED);
        RepairChecks.check(installation, "everything at once");
    }

    @RepeatedTest(20)
    void many_users_of_an_expired_sandbox_are_all_told_that_it_has_expired() throws Exception {
        var sandbox = create();
        installation.clock().advance(TestInstallation.TTL);

        var outcomes = atOnce(times(THREADS, () -> sandboxes().use(sandbox, session -> sandbox)));

        assertThat(outcomes).containsExactly("SANDBOX_ENDED");
        assertThat(only().reason()).isEqualTo(EndReason.EXPIRED);
    }

    @RepeatedTest(10)
    void creations_and_their_destruction_by_others_leave_nothing_over() throws Exception {
        var tasks = new ArrayList<Callable<Sandbox>>();
        tasks.addAll(times(3, this::create));
        tasks.addAll(times(3, () -> {
            for (Sandbox sandbox : sandboxes().list(TestInstallation.ME, false)) {
                return sandboxes().destroy(sandbox);
            }
            return create();
        }));

        assertThat(atOnce(tasks)).isSubsetOf("RUNNING", "STOPPED", "FAILED", "CONFLICT");
        RepairChecks.check(installation, "creations and destructions");
    }

    private static List<Callable<Sandbox>> times(int n, Callable<Sandbox> task) {
        var tasks = new ArrayList<Callable<Sandbox>>();
        for (int i = 0; i < n; i++) {
            tasks.add(task);
        }
        return tasks;
    }

    /** Runs all at the same time. Returns the states of the results and the codes of the failures. */
    private static Set<String> atOnce(List<Callable<Sandbox>> tasks) throws Exception {
        var barrier = new CyclicBarrier(tasks.size());
        try (var threads = Executors.newFixedThreadPool(tasks.size())) {
            var futures = new ArrayList<Future<Sandbox>>();
            for (Callable<Sandbox> task : tasks) {
                futures.add(threads.submit(() -> {
                    barrier.await();
                    return task.call();
                }));
            }
            var outcomes = new TreeSet<String>();
            for (Future<Sandbox> future : futures) {
                outcomes.add(outcome(future));
            }
            return outcomes;
        }
    }

    private static String outcome(Future<Sandbox> future) throws InterruptedException {
        try {
            return future.get().state().name();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SandboxException failure) {
                return failure.code().name();
            }
            throw new AssertionError("neither success nor a SandboxException", e.getCause());
        }
    }
}
