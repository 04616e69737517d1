package dev.sandboxer.extension.tck.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.Eventually;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.Requests;
import dev.sandboxer.extension.tck.Transcript;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Contract for pausing and resuming a sandbox, and for deadlines during a pause. */
public abstract class PauseContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected PauseContract() {}

    private static final Duration LONG = Duration.ofMinutes(10);

    /** How long a paused sandbox is observed, to check that nothing runs in it. */
    private static final Duration STANDSTILL = Duration.ofSeconds(1);

    @Override
    protected final Set<Capability> needs() {
        return Set.of(Capability.PAUSE);
    }

    @Test
    void processes_stop_during_a_pause_and_continue_where_they_were() {
        if (!fixture().streamsSurvivePause()) {
            skip("pauses cut the streams of processes at " + extension().id());
        }
        var box = create();
        try (var process = box.start(box.script("i=0; while :; do i=$((i+1)); echo $i; sleep 0.02; done"))) {
            var counter = new Counter(process, fixture().timeout());
            counter.readTo(3);
            pause(box);
            counter.drain();
            var stopped = counter.last();
            assertThat(counter.moves(STANDSTILL)).as("counts while paused").isFalse();
            resume(box);
            counter.readTo(stopped + 3);
        }
        destroy(box);
    }

    @Test
    void a_process_goes_on_after_the_pause_and_can_be_attached_to_again() {
        var box = create();
        var script = "i=0; while :; do i=$((i+1)); echo \"<$i>\"; sleep 0.02; done";
        var process = box.start(box.script(script));
        var before = lastNumber(box.transcript(process).until("<3>"));
        pause(box);
        if (fixture().streamsSurvivePause()) {
            process.close();
        } else {
            Failures.fails(Kind.TRANSIENT, () -> box.transcript(process).toEnd());
        }
        resume(box);
        try (var attached = box.session().processes().attach(ProcessSelector.pid(process.pid()))) {
            assertThat(lastNumber(box.transcript(attached).until(">"))).isGreaterThan(before);
        }
        destroy(box);
    }

    private static int lastNumber(Transcript transcript) {
        return Pattern.compile("<([0-9]+)>")
                .matcher(transcript.soFar())
                .results()
                .mapToInt(match -> Integer.parseInt(match.group(1)))
                .max()
                .orElseThrow();
    }

    @Test
    void files_and_the_session_survive_a_pause() {
        var box = create();
        box.write("/tmp/kept", "kept");
        pause(box);
        resume(box);
        assertThat(box.text("/tmp/kept")).isEqualTo("kept");
        assertThat(box.sh("echo works").text()).isEqualTo("works");
        destroy(box);
    }

    @Test
    void a_disk_only_pause_ends_processes_and_keeps_files() {
        var box = create();
        box.write("/tmp/kept", "kept");
        var process =
                box.start(box.script("setsid sleep 1000 & echo started; trap '' TERM; while :; do sleep 0.1; done"));
        box.transcript(process).until("started");
        process.close();
        try {
            pausing().pauseDisk(ref(box), Requests.in(fixture(), LONG));
        } catch (ExtensionException e) {
            assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED);
            destroy(box);
            skip("every pause at " + extension().id() + " keeps the memory");
        }
        assertThat(found(box).paused()).isTrue();
        resume(box);
        try (var again = connect(box.sandbox())) {
            assertThat(again.text("/tmp/kept")).isEqualTo("kept");
            assertThat(again.session().processes().list()).isEmpty();
            assertThat(again.sh("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '")
                            .text())
                    .doesNotContain("sleep 1000");
        }
        destroy(box);
    }

    @Test
    void is_found_and_listed_as_paused_with_the_deadline_of_the_pause() {
        var box = create();
        var until = Requests.in(fixture(), Duration.ofMinutes(20));
        pausing().pause(ref(box), until);
        try (var other = extension().open(fixture().context(), fixture().credential())) {
            assertThat(other.find(box.sandbox().tag())).hasValueSatisfying(it -> isPaused(it, until));
            assertThat(other.list())
                    .filteredOn(it -> it.ref().equals(ref(box)))
                    .singleElement()
                    .satisfies(it -> isPaused(it, until));
        }
        resume(box);
        assertThat(found(box).paused()).as("paused after resume").isFalse();
        assertThat(found(box).ref()).isEqualTo(ref(box));
        destroy(box);
    }

    private static void isPaused(BackendSandbox sandbox, Instant until) {
        assertThat(sandbox.paused()).isTrue();
        assertThat(sandbox.deadline()).isBetween(until.minusSeconds(5), until.plusSeconds(5));
    }

    @Test
    void connecting_during_a_pause_is_refused_or_waits_for_the_resume() throws Exception {
        var box = create();
        pause(box);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var attempt = threads.submit(() -> {
                try (var again = connect(box.sandbox())) {
                    return again.sh("echo served").text();
                } catch (ExtensionException e) {
                    assertThat(e.kind()).isIn(Kind.GONE, Kind.TRANSIENT);
                    assertThat(e).message().isNotBlank();
                    return "refused";
                }
            });
            var early = outcome(attempt, STANDSTILL);
            assertThat(early).isIn("refused", "waits");
            resume(box);
            assertThat(attempt.get(fixture().timeout().toMillis(), TimeUnit.MILLISECONDS))
                    .isIn("refused", "served");
        }
        try (var again = connect(box.sandbox())) {
            assertThat(again.sh("echo served").text()).isEqualTo("served");
        }
        destroy(box);
    }

    private static String outcome(java.util.concurrent.Future<String> attempt, Duration timeout) throws Exception {
        try {
            return attempt.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return "waits";
        }
    }

    @Test
    void pausing_a_paused_sandbox_succeeds_and_moves_its_deadline() {
        var box = create();
        pause(box);
        var until = Requests.in(fixture(), Duration.ofMinutes(30));
        pausing().pause(ref(box), until);
        isPaused(found(box), until);
        resume(box);
        assertThat(box.sh("echo alive").text()).isEqualTo("alive");
        destroy(box);
    }

    @Test
    void resuming_a_running_sandbox_succeeds_and_moves_its_deadline() {
        var box = create();
        pause(box);
        resume(box);
        var later = Requests.in(fixture(), Duration.ofMinutes(40));
        pausing().resume(ref(box), later);
        assertThat(found(box).deadline()).isBetween(later.minusSeconds(5), later.plusSeconds(5));
        assertThat(found(box).paused()).isFalse();
        assertThat(box.sh("echo alive").text()).isEqualTo("alive");
        destroy(box);
    }

    @Test
    void the_deadline_from_before_the_pause_does_not_end_a_paused_sandbox() {
        var request = shortLived();
        var box = create(request);
        pause(box);
        waitUntil(request.deadline().plusSeconds(2));
        assertThat(found(box).paused()).isTrue();
        resume(box);
        assertThat(box.sh("echo alive").text()).isEqualTo("alive");
        assertThat(found(box).paused()).isFalse();
        destroy(box);
    }

    @Test
    void a_second_pause_replaces_the_deadline_of_the_first() {
        var box = create();
        var first = Requests.in(fixture(), fixture().shortLife());
        pausing().pause(ref(box), first);
        pause(box);
        waitUntil(first.plusSeconds(2));
        resume(box);
        assertThat(box.sh("echo alive").text()).isEqualTo("alive");
        destroy(box);
    }

    @Test
    void the_deadline_can_be_moved_during_the_pause() {
        requires(Capability.EXTEND);
        var box = create();
        pause(box);
        var until = Requests.in(fixture(), Duration.ofMinutes(25));
        backend().setDeadline(ref(box), until);
        isPaused(found(box), until);
        resume(box);
        destroy(box);
    }

    @Test
    void the_deadline_given_to_resume_ends_the_sandbox() {
        var box = create();
        pause(box);
        var soon = Requests.in(fixture(), fixture().shortLife());
        pausing().resume(ref(box), soon);
        var limit = Duration.between(now(), soon).plus(fixture().timeout());
        Eventually.holds(
                limit,
                "ended by its deadline",
                () -> backend().find(box.sandbox().tag()).isEmpty());
        assertThat(now()).isAfterOrEqualTo(soon.minusSeconds(1));
        box.close();
    }

    @Test
    void a_paused_sandbox_is_destroyed_like_any_other() {
        var box = create();
        var process = box.start(box.script("trap '' TERM; echo started; while :; do sleep 0.1; done"));
        box.transcript(process).until("started");
        pause(box);
        destroy(box);
        assertThat(backend().find(box.sandbox().tag())).isEmpty();
        assertThat(backend().list()).extracting(BackendSandbox::ref).doesNotContain(ref(box));
        Failures.fails(Kind.GONE, () -> backend().connect(ref(box)));
    }

    @Test
    void an_ended_sandbox_is_neither_paused_nor_resumed() {
        var box = create();
        destroy(box);
        Failures.failsWithoutEffect(Kind.GONE, () -> pause(box));
        Failures.failsWithoutEffect(Kind.GONE, () -> resume(box));
        assertThat(backend().find(box.sandbox().tag())).isEmpty();
    }

    @Test
    void other_sandboxes_keep_running_during_a_pause() {
        var paused = create();
        var other = create();
        pause(paused);
        assertThat(other.sh("echo alive").text()).isEqualTo("alive");
        assertThat(found(other).paused()).isFalse();
        destroy(paused);
        destroy(other);
    }

    private Pausing pausing() {
        return (Pausing) backend();
    }

    private void pause(Box box) {
        pausing().pause(ref(box), Requests.in(fixture(), LONG));
    }

    private void resume(Box box) {
        pausing().resume(ref(box), Requests.in(fixture(), LONG));
    }

    private BackendSandbox found(Box box) {
        return backend().find(box.sandbox().tag()).orElseThrow();
    }

    private static BackendRef ref(Box box) {
        return box.sandbox().ref();
    }

    private CreateRequest shortLived() {
        return Requests.withDeadline(request(), Requests.in(fixture(), fixture().shortLife()));
    }

    private Instant now() {
        return fixture().context().clock().instant();
    }

    private void waitUntil(Instant instant) {
        var limit = Duration.between(now(), instant).plus(fixture().timeout());
        Eventually.holds(limit, "it is " + instant, () -> now().isAfter(instant));
    }
}
