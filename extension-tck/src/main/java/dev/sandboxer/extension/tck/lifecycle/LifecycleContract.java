package dev.sandboxer.extension.tck.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.feature.Accounting;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.Requests;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contract for creating, finding, listing and destroying sandboxes, and for their isolation from each other. */
public abstract class LifecycleContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected LifecycleContract() {}

    @Test
    void a_created_sandbox_takes_commands_at_once() {
        var box = create();
        assertThat(box.run(ProcessSpec.of("echo", "ready")).text()).isEqualTo("ready");
        destroy(box);
    }

    @Test
    void is_reported_with_the_tag_and_deadline_asked_for() {
        var before = fixture().context().clock().instant();
        var request = request();
        var sandbox = backend().create(request);
        assertThat(sandbox.tag()).isEqualTo(request.tag());
        assertThat(sandbox.deadline())
                .isBetween(
                        request.deadline().minusSeconds(5), request.deadline().plusSeconds(5));
        assertThat(sandbox.createdAt())
                .isBetween(before.minusSeconds(5), before.plus(fixture().timeout()));
        backend().destroy(sandbox.ref());
    }

    @Test
    void is_found_and_listed_by_a_second_backend_object() {
        var box = create();
        try (var other = extension().open(fixture().context(), fixture().credential())) {
            assertThat(other.find(box.sandbox().tag()))
                    .map(BackendSandbox::ref)
                    .contains(box.sandbox().ref());
            assertThat(other.describe(box.sandbox().ref()))
                    .map(BackendSandbox::tag)
                    .contains(box.sandbox().tag());
            assertThat(other.list())
                    .extracting(BackendSandbox::ref)
                    .containsOnlyOnce(box.sandbox().ref());
        }
        assertThat(box.sh("exit 3").status())
                .as("exit status after the second backend object was closed")
                .isEqualTo(3);
        destroy(box);
    }

    @Test
    void a_tag_that_was_never_used_is_not_found() {
        var box = create();
        var tag = box.sandbox().tag();
        var nextAttempt = new SandboxTag(tag.installation(), tag.sandbox(), tag.attempt() + 1);
        assertThat(backend().find(nextAttempt)).isEmpty();
        var prefix = new SandboxTag(tag.installation(), tag.sandbox().substring(0, 3), tag.attempt());
        assertThat(backend().find(prefix)).isEmpty();
        destroy(box);
    }

    @Test
    void a_second_create_with_a_known_tag_is_refused_and_leaves_the_first_alone() {
        var request = request();
        var box = create(request);
        Failures.failsWithoutEffect(Kind.INVALID, () -> backend().create(request));
        assertThat(box.sh("echo unharmed").text()).isEqualTo("unharmed");
        assertThat(backend().list())
                .filteredOn(it -> it.tag().equals(request.tag()))
                .hasSize(1);
        destroy(box);
    }

    @Test
    void an_unknown_template_is_refused_and_leaves_nothing() {
        var request = Requests.withTemplate(request(), "no-such-template");
        var isKnownToBeUnknown = extension().supports(request.spec()) instanceof Support.Unsupported;
        Failures.failsWithoutEffect(
                isKnownToBeUnknown ? Kind.UNSUPPORTED : Kind.INVALID,
                () -> backend().create(request));
        assertThat(backend().find(request.tag())).isEmpty();
    }

    @Test
    void a_destroyed_sandbox_is_neither_found_nor_listed() {
        var box = create();
        destroy(box);
        assertThat(backend().find(box.sandbox().tag())).isEmpty();
        assertThat(backend().describe(box.sandbox().ref())).isEmpty();
        assertThat(backend().list())
                .extracting(BackendSandbox::ref)
                .doesNotContain(box.sandbox().ref());
    }

    @Test
    void destroying_a_destroyed_sandbox_succeeds() {
        var box = create();
        destroy(box);
        backend().destroy(box.sandbox().ref());
        backend().destroy(box.sandbox().ref());
    }

    @Test
    void a_sandbox_full_of_processes_that_ignore_signals_can_be_destroyed() {
        var box = create();
        var process = box.start(box.script("""
                trap '' TERM HUP INT
                for i in 1 2 3 4 5; do (trap '' TERM; while :; do sleep 0.1; done) & done
                echo started; while :; do sleep 0.1; done"""));
        box.transcript(process).until("started");
        backend().destroy(box.sandbox().ref());
        assertThat(backend().find(box.sandbox().tag())).isEmpty();
        box.close();
    }

    @Test
    void a_destroyed_sandbox_is_gone_for_new_sessions() {
        var ref = create().sandbox().ref();
        backend().destroy(ref);
        Failures.fails(Kind.GONE, () -> backend().connect(ref));
    }

    @Test
    void a_destroyed_sandbox_is_gone_for_open_sessions() {
        var box = create();
        box.sh("true");
        backend().destroy(box.sandbox().ref());
        Failures.fails(Kind.GONE, () -> box.run(ProcessSpec.of("true")));
        Failures.fails(Kind.GONE, () -> box.files().stat("/", null));
        Failures.fails(Kind.GONE, () -> box.session().processes().list());
        box.close();
    }

    @Test
    void a_reader_that_waits_for_output_is_told_that_the_sandbox_was_destroyed() throws Exception {
        var box = create();
        try (var process = box.start(ProcessSpec.of("sleep", "1000"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Object> nextEvent = () -> String.valueOf(process.next(null));
            var waiting = threads.submit(nextEvent);
            backend().destroy(box.sandbox().ref());
            Failures.fails(Kind.GONE, () -> resultOf(waiting));
        }
        box.close();
    }

    @Test
    void closing_a_session_leaves_the_sandbox_running() {
        var box = create();
        box.write("/tmp/kept", "kept");
        box.close();
        var again = connect(box.sandbox());
        assertThat(again.text("/tmp/kept")).isEqualTo("kept");
        destroy(again);
    }

    @Test
    void two_sandboxes_see_neither_files_nor_processes_of_each_other() {
        var one = create();
        var other = create();
        var secret = "tck-" + UUID.randomUUID();
        one.write("/tmp/" + secret, secret);
        other.write("/tmp/pattern", secret + "\n");
        try (var process = one.start(one.script("echo started; sleep 1000; :", secret))) {
            one.transcript(process).until("started");
            assertThat(other.sh("ls /tmp").text()).doesNotContain(secret);
            var commandLines = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c -F -f /tmp/pattern";
            one.write("/tmp/pattern", secret + "\n");
            assertThat(one.sh(commandLines).out().strip())
                    .as("the process in its own sandbox")
                    .isNotEqualTo("0");
            assertThat(other.sh(commandLines).out().strip())
                    .as("the process in the other sandbox")
                    .isEqualTo("0");
            assertThat(other.session().processes().list()).isEmpty();
        }
        destroy(one);
        assertThat(other.sh("echo unharmed").text()).isEqualTo("unharmed");
        destroy(other);
    }

    @Test
    void counted_usage_never_falls_and_every_rate_has_a_name_and_a_price() {
        requires(Capability.ACCOUNTING);
        var accounting = (Accounting) backend();
        var box = create();
        accounting.usage(box.sandbox().ref()).ifPresent(before -> {
            box.sh("echo work");
            var after = accounting.usage(box.sandbox().ref()).orElseThrow();
            assertThat(after.cpu()).isGreaterThanOrEqualTo(before.cpu());
            assertThat(after.memoryGibSeconds()).isGreaterThanOrEqualTo(before.memoryGibSeconds());
            assertThat(after.gpu()).isGreaterThanOrEqualTo(before.gpu());
        });
        destroy(box);
        Failures.fails(Kind.GONE, () -> accounting.usage(box.sandbox().ref()));
        assertThat(accounting.rates()).allSatisfy((name, price) -> {
            assertThat(name).isNotBlank();
            assertThat(price).isNotBlank();
        });
    }

    @Test
    void sandboxes_created_at_the_same_time_are_separate() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var boxes = IntStream.range(0, 5)
                    .mapToObj(_ -> threads.submit(() -> create()))
                    .toList();
            for (var box : boxes) {
                var it = box.get(fixture().timeout().toSeconds(), TimeUnit.SECONDS);
                it.write("/tmp/name", it.sandbox().tag().toString());
            }
            for (var box : boxes) {
                assertThat(box.get().text("/tmp/name"))
                        .isEqualTo(box.get().sandbox().tag().toString());
                destroy(box.get());
            }
        }
    }

    /** Returns the task's result, or throws its {@link ExtensionException}. */
    private Object resultOf(Future<Object> task) throws Throwable {
        try {
            return task.get(fixture().timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ExtensionException cause ? cause : e;
        } catch (TimeoutException e) {
            task.cancel(true);
            throw new AssertionError("still waiting after " + fixture().timeout(), e);
        }
    }
}
