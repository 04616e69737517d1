package dev.sandboxer.extension.tck.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.tck.Bytes;
import dev.sandboxer.extension.tck.Events;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.SandboxContract;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Contract for the standard input of a running process. */
public abstract class InputContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected InputContract() {}

    private static final int LARGE = 8_000_000;

    @Override
    protected final Set<Capability> needs() {
        return Set.of(Capability.STDIN);
    }

    @Test
    void input_and_its_end_arrive() {
        try (var process = start("cat")) {
            write(process, "one ");
            box().transcript(process).until("one ");
            write(process, "two");
            process.closeInput();
            var captured = box().transcript(process).toEnd();
            assertThat(captured.out()).isEqualTo("two");
            assertThat(captured.status()).isZero();
        }
    }

    @Test
    void input_is_byte_exact() {
        try (var process = start("cat")) {
            var bytes = Bytes.everyValue();
            process.writeInput(bytes, 0, bytes.length);
            process.closeInput();
            assertThat(box().transcript(process).toEnd().bytes(Channel.STDOUT)).isEqualTo(bytes);
        }
    }

    @Test
    void only_the_part_asked_for_is_written() {
        try (var process = start("cat")) {
            process.writeInput("0123456789".getBytes(UTF_8), 3, 4);
            process.writeInput(new byte[0], 0, 0);
            process.closeInput();
            assertThat(box().transcript(process).toEnd().out()).isEqualTo("3456");
        }
    }

    @Test
    void closing_the_input_ends_it_without_any_bytes() {
        try (var process = start("cat")) {
            process.closeInput();
            assertThat(box().transcript(process).toEnd().text()).isEmpty();
        }
    }

    @Test
    void large_input_waits_for_a_process_that_does_not_read_yet_and_arrives_complete() throws Exception {
        var content = Bytes.random(LARGE, 7);
        var gate = box().newGate();
        try (var process = box().start(box().script(gate.pass() + "; sha256sum").toBuilder()
                        .stdin(true)
                        .build());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writing = threads.submit(() -> {
                process.writeInput(content, 0, content.length);
                process.closeInput();
            });
            assertThat(Events.next(process, Duration.ofMillis(500)))
                    .as("no event yet")
                    .isNull();
            assertThat(writing.isDone())
                    .as("the writer returned although nothing reads")
                    .isFalse();
            assertThat(box().sh("echo others work").text()).isEqualTo("others work");
            gate.open();
            assertThat(box().transcript(process).toEnd().text()).startsWith(Bytes.sha256(content));
            writing.get(fixture().timeout().toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void input_and_output_flow_at_the_same_time() throws Exception {
        var content = Bytes.random(LARGE, 8);
        try (var process = start("cat");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writing = threads.submit(() -> {
                process.writeInput(content, 0, content.length);
                process.closeInput();
            });
            var captured = box().transcript(process).toEnd();
            assertThat(Bytes.sha256(captured.bytes(Channel.STDOUT))).isEqualTo(Bytes.sha256(content));
            writing.get(fixture().timeout().toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void input_after_the_end_of_the_process_is_dropped() {
        try (var process = start("true")) {
            box().transcript(process).toEnd();
            write(process, "too late");
            process.closeInput();
        }
    }

    @Test
    void large_input_to_a_process_that_ends_early_neither_blocks_nor_fails() {
        try (var process = start("head", "-c", "1")) {
            var content = new byte[LARGE];
            process.writeInput(content, 0, content.length);
            assertThat(box().transcript(process).toEnd().bytes(Channel.STDOUT)).hasSize(1);
        }
    }

    @Test
    void a_process_is_written_to_by_pid_and_by_tag() {
        try (var process =
                box().start(ProcessSpec.builder("cat").stdin(true).tag("by-tag").build())) {
            processes().writeInput(ProcessSelector.pid(process.pid()), "pid ".getBytes(UTF_8));
            processes().writeInput(ProcessSelector.tag("by-tag"), "tag".getBytes(UTF_8));
            processes().closeInput(ProcessSelector.tag("by-tag"));
            assertThat(box().transcript(process).toEnd().out()).isEqualTo("pid tag");
        }
    }

    @Test
    void input_to_a_process_without_standard_input_is_refused() {
        try (var process = box().start(ProcessSpec.of("sleep", "1000"))) {
            var selector = ProcessSelector.pid(process.pid());
            Failures.refuses(Reason.STDIN_CLOSED, () -> processes().writeInput(selector, new byte[1]));
            process.signal(Signal.KILL, false);
        }
    }

    @Test
    void input_after_closing_it_is_refused() {
        var gate = box().newGate();
        try (var process = box().start(box().script("cat; " + gate.pass()).toBuilder()
                .stdin(true)
                .build())) {
            var selector = ProcessSelector.pid(process.pid());
            processes().writeInput(selector, "all".getBytes(UTF_8));
            processes().closeInput(selector);
            Failures.refuses(Reason.STDIN_CLOSED, () -> processes().writeInput(selector, new byte[1]));
            gate.open();
            assertThat(box().transcript(process).toEnd().text()).isEqualTo("all");
        }
    }

    @Test
    void input_to_an_unknown_process_is_refused() {
        var unknown = ProcessSelector.tag("no-such-tag");
        Failures.refuses(Reason.PROCESS_NOT_FOUND, () -> processes().writeInput(unknown, new byte[1]));
        Failures.refuses(Reason.PROCESS_NOT_FOUND, () -> processes().closeInput(unknown));
    }

    private RunningProcess start(String... argv) {
        return box().start(ProcessSpec.builder(argv).stdin(true).build());
    }

    private static void write(RunningProcess process, String text) {
        var bytes = text.getBytes(UTF_8);
        process.writeInput(bytes, 0, bytes.length);
    }
}
