package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.CreationRate;
import dev.sandboxer.consumers.Limit;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.quotas.Usage;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The limits of a consumer's sandboxes. */
class QuotaTest extends InstallationTest {
    private static final int CPU = TestInstallation.SIZE.cpuMillis();
    private static final int MEMORY = TestInstallation.SIZE.memoryMiB();

    @BeforeEach
    void addMe() {
        process.consumers().add(TestInstallation.ME);
    }

    private static ConsumerLimits live(int most) {
        return new ConsumerLimits(null, List.of(), most, null, null, null, null);
    }

    private static ConsumerLimits cpu(int most) {
        return new ConsumerLimits(null, List.of(), null, most, null, null, null);
    }

    private static ConsumerLimits rate(int thousandths, int burst) {
        var rate = new CreationRate(thousandths, burst);
        return new ConsumerLimits(null, List.of(), null, null, null, rate, null);
    }

    private static ConsumerLimits ttl(Duration longest) {
        return new ConsumerLimits(null, List.of(), null, null, null, null, longest);
    }

    private void limit(ConsumerLimits limits) {
        process.consumers().setLimits(TestInstallation.ME, limits, limits.set());
    }

    private Usage usage() {
        return process.quotas().usage(TestInstallation.ME);
    }

    @RepeatedTest(3)
    void a_limit_of_ten_lets_exactly_ten_of_a_hundred_simultaneous_creations_pass() throws Exception {
        limit(live(10));
        try (var other = installation.start()) {
            assertThat(atOnce(100, process, other)).isEqualTo(Map.of("RUNNING", 10, "OVER_QUOTA", 90));
        }
        assertThat(installation.running()).hasSize(10);
        assertThat(usage()).isEqualTo(new Usage(10, 10L * CPU, 10L * MEMORY));
        assertThat(all()).as("refused creations leave no trace").hasSize(10);
    }

    @Test
    void a_bucket_of_seven_lets_seven_of_a_hundred_simultaneous_creations_pass() throws Exception {
        limit(rate(1, 7));
        try (var other = installation.start()) {
            assertThat(atOnce(100, process, other)).isEqualTo(Map.of("RUNNING", 7, "RATE_LIMITED", 93));
        }
    }

    /** Returns the counted outcomes of simultaneous creations. */
    private Map<String, Integer> atOnce(int creations, ControlPlane... processes) throws Exception {
        var barrier = new CyclicBarrier(creations);
        try (var threads = Executors.newFixedThreadPool(creations)) {
            var futures = new ArrayList<Future<Sandbox>>();
            for (int i = 0; i < creations; i++) {
                var sandboxes = processes[i % processes.length].sandboxes();
                futures.add(threads.submit(() -> {
                    barrier.await();
                    return sandboxes.create(installation.request());
                }));
            }
            var outcomes = new TreeMap<String, Integer>();
            for (Future<Sandbox> future : futures) {
                outcomes.merge(outcome(future), 1, Integer::sum);
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

    @Test
    void another_consumers_sandboxes_do_not_count() {
        limit(live(1));
        create();

        sandboxes().create(CreateSandbox.of("somebody", installation.profile()).build());
        assertFails(ErrorCode.OVER_QUOTA, this::create).hasMessageContaining("consumer me has 1 of 1 live sandboxes");
    }

    @Test
    void a_sandbox_counts_while_it_is_being_created() {
        limit(live(1));
        var refusals = new ArrayList<String>();
        first().watch(point -> {
            if (point.equals("CREATE before")) {
                assertFails(ErrorCode.OVER_QUOTA, this::create);
                refusals.add(point);
            }
        });

        assertThat(create().state()).isEqualTo(SandboxState.RUNNING);
        assertThat(refusals).hasSize(1);
    }

    @Test
    void a_sandbox_that_ended_or_failed_no_longer_counts() {
        limit(live(1));
        first().plan(Fault.Call.CREATE, Fault.refused(Kind.CAPACITY));
        second().plan(Fault.Call.CREATE, Fault.refused(Kind.CAPACITY));
        assertFails(ErrorCode.NO_CANDIDATE, this::create);
        assertThat(usage()).isEqualTo(new Usage(0, 0, 0));

        sandboxes().destroy(create());
        create();
    }

    @Test
    void a_sandbox_whose_end_fails_counts_until_its_deadline_has_certainly_passed() {
        limit(live(1));
        var sandbox = create();
        first().plan(Fault.Call.DESTROY, Fault.refused(Kind.TRANSIENT));
        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().destroy(sandbox));
        assertThat(read(sandbox).state()).isEqualTo(SandboxState.STOPPING);

        installation.clock().advance(TestInstallation.TTL.plusMinutes(5).minusMillis(1));
        assertFails(ErrorCode.OVER_QUOTA, this::create);
        installation.clock().advance(Duration.ofMillis(1));
        assertThat(create().state()).isEqualTo(SandboxState.RUNNING);
    }

    @Test
    void a_repeated_request_gets_its_sandbox_even_if_the_quota_is_used_up() {
        limit(live(1));
        var sandbox = sandboxes().create(installation.request("key"));

        assertThat(sandboxes().create(installation.request("key"))).isEqualTo(sandbox);
        assertThat(usage().live()).isEqualTo(1);
        assertFails(ErrorCode.OVER_QUOTA, () -> sandboxes().create(installation.request("another")));
    }

    @Test
    void a_paused_sandbox_counts_as_live_with_its_memory_but_without_its_cpus() {
        limit(cpu(CPU));
        var paused = sandboxes().pause(create());
        assertThat(usage()).isEqualTo(new Usage(1, 0, MEMORY));

        var other = create();
        assertFails(
                        ErrorCode.OVER_QUOTA,
                        () -> sandboxes().resume(paused, Duration.ofMinutes(5), installation.profile()))
                .hasMessageContaining("1 of 1 CPUs")
                .hasMessageContaining("--max-cpu 2");
        assertThat(read(paused).state()).isEqualTo(SandboxState.PAUSED);

        sandboxes().destroy(other);
        assertThat(sandboxes()
                        .resume(read(paused), Duration.ofMinutes(5), installation.profile())
                        .state())
                .isEqualTo(SandboxState.RUNNING);
        assertThat(usage()).isEqualTo(new Usage(1, CPU, MEMORY));
    }

    @Test
    void a_resumption_does_not_count_as_a_creation() {
        limit(rate(1, 1));
        var paused = sandboxes().pause(create());

        sandboxes().resume(paused, Duration.ofMinutes(5), installation.profile());
        assertFails(ErrorCode.RATE_LIMITED, this::create);
    }

    @Test
    void a_refusal_by_rate_names_a_time_at_which_a_creation_passes() {
        limit(rate(500, 2));
        create();
        create();

        assertFails(ErrorCode.RATE_LIMITED, this::create)
                .hasMessage("consumer me may create 0.5 sandboxes per second, 2 at once; try again in 2s")
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(2)));
        installation.clock().advance(Duration.ofSeconds(2));
        create();
        assertFails(ErrorCode.RATE_LIMITED, this::create);
    }

    @Test
    void a_creation_that_a_quota_refuses_takes_no_token() {
        limit(live(0));
        limit(rate(1, 1));
        assertFails(ErrorCode.OVER_QUOTA, this::create);

        limit(live(1));
        create();
    }

    @Test
    void a_lowered_limit_ends_nothing() {
        var sandbox = create();
        create();
        limit(live(1));

        assertThat(usage().live()).isEqualTo(2);
        assertThat(read(sandbox).state()).isEqualTo(SandboxState.RUNNING);
        assertFails(ErrorCode.OVER_QUOTA, this::create).hasMessageContaining("has 2 of 1");
        process.consumers().setLimits(TestInstallation.ME, ConsumerLimits.NONE, java.util.Set.of(Limit.MAX_LIVE));
        create();
    }

    @Test
    void a_limit_of_the_configuration_holds_for_a_consumer_without_a_row() {
        installation.declared().put("ghost", live(1));
        var request = CreateSandbox.of("ghost", installation.profile()).build();

        sandboxes().create(request);
        assertFails(ErrorCode.OVER_QUOTA, () -> sandboxes().create(request))
                .hasMessageContaining("raise consumers.ghost.maxLive in config.yaml");
    }

    @Test
    void a_profile_that_is_not_allowed_is_refused_by_name_and_leaves_no_trace() {
        limit(new ConsumerLimits(null, List.of(ProfileName.parse("base")), null, null, null, null, null));

        assertFails(ErrorCode.PROFILE_NOT_ALLOWED, this::create)
                .hasMessage("profile.test is not allowed for this consumer; it may use profile.base");
        assertThat(all()).isEmpty();
    }

    @Test
    void a_time_to_live_beyond_the_consumers_is_refused_and_so_is_an_extension() {
        limit(ttl(Duration.ofMinutes(5)));
        assertFails(ErrorCode.INVALID_TTL, () -> sandboxes().create(installation.request(Duration.ofMinutes(6))))
                .hasMessage("a time to live of 6m is too long; consumer me's limit allows at most 5m");

        var sandbox = sandboxes().create(installation.request(Duration.ofMinutes(5)));
        assertFails(
                        ErrorCode.INVALID_TTL,
                        () -> sandboxes().extend(sandbox, Duration.ofMinutes(6), installation.profile()))
                .hasMessageContaining("consumer me's limit");
        installation.clock().advance(Duration.ofMinutes(3));
        assertFails(
                        ErrorCode.INVALID_TTL,
                        () -> sandboxes().extend(sandbox, Duration.ofMinutes(4), installation.profile()))
                .hasMessageContaining("allows 5m in all");
        assertThat(sandboxes()
                        .extendAsAllowed(sandbox, Duration.ofMinutes(4), installation.profile())
                        .deadline())
                .isEqualTo(sandbox.createdAt().plus(Duration.ofMinutes(5)));
    }

    @Test
    void a_lowered_longest_time_does_not_shorten_present_deadlines() {
        var sandbox = create();
        installation.clock().advance(Duration.ofMinutes(6));
        limit(ttl(Duration.ofMinutes(5)));

        assertThat(sandboxes()
                        .extendAsAllowed(sandbox, Duration.ofMinutes(5), installation.profile())
                        .deadline())
                .isEqualTo(sandbox.deadline());
        assertThat(sandboxes()
                        .extend(read(sandbox), Duration.ofMinutes(1), installation.profile())
                        .deadline())
                .isEqualTo(installation.clock().instant().plus(Duration.ofMinutes(1)));
    }
}
