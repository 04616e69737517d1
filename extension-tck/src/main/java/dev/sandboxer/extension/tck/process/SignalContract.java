package dev.sandboxer.extension.tck.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.tck.Eventually;
import dev.sandboxer.extension.tck.SandboxContract;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Contract for signals and time limits. */
public abstract class SignalContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected SignalContract() {}

    @Test
    void each_signal_arrives_as_itself() {
        var uncatchable = Set.of(Signal.KILL, Signal.STOP);
        var caught = Stream.of(Signal.values())
                .filter(signal -> !uncatchable.contains(signal))
                .toList();
        var script = new StringBuilder();
        caught.forEach(signal -> script.append("trap 'echo got-" + signal + ".' " + signal.number() + "\n"));
        try (var process = box().start(box().script(script + "echo ready; while :; do sleep 0.02; done"))) {
            var transcript = box().transcript(process).until("ready");
            for (var signal : caught) {
                process.signal(signal, false);
                transcript.until("got-" + signal + ".");
            }
            process.signal(Signal.KILL, false);
            assertThat(transcript.toEnd().out().lines()).hasSize(1 + caught.size());
        }
    }

    @Test
    void a_signal_finds_its_process_by_tag_and_by_pid() {
        var spec = ProcessSpec.builder("sleep", "1000").tag("to-be-ended").build();
        try (var process = box().start(spec)) {
            processes().signal(ProcessSelector.tag("to-be-ended"), Signal.TERM, false);
            assertThat(box().transcript(process).toEnd().exited().signal()).isEqualTo(15);
        }
        try (var process = box().start(spec)) {
            processes().signal(ProcessSelector.pid(process.pid()), Signal.INT, false);
            assertThat(box().transcript(process).toEnd().exited().signal()).isEqualTo(2);
        }
    }

    /** Tests all 64 signals of Linux except those whose default action is to ignore, stop or continue. */
    @Test
    void every_signal_that_ends_a_process_is_reported() {
        var harmless = Set.of(17, 18, 19, 20, 21, 22, 23, 28);
        for (int signal = 1; signal <= 64; signal++) {
            if (!harmless.contains(signal)) {
                var captured = box().sh("kill -\"$1\" $$", "" + signal);
                assertThat(captured.status()).as("signal %s", signal).isEqualTo(128 + signal);
            }
        }
    }

    @Test
    void a_process_is_stopped_and_continued() {
        try (var process = box().start(ProcessSpec.of("sleep", "1000"))) {
            process.signal(Signal.STOP, false);
            Eventually.holds(
                    fixture().timeout(), "stopped", () -> state(process.pid()).equals("T"));
            process.signal(Signal.CONT, false);
            Eventually.holds(
                    fixture().timeout(), "going on", () -> state(process.pid()).equals("S"));
            process.signal(Signal.KILL, false);
            assertThat(box().transcript(process).toEnd().exited().signal()).isEqualTo(9);
        }
    }

    @Test
    void a_process_that_ignores_TERM_is_killed() {
        try (var process = box().start(box().script("trap 'echo no' TERM; echo ready; while :; do sleep 0.02; done"))) {
            var transcript = box().transcript(process).until("ready");
            process.signal(Signal.TERM, false);
            transcript.until("no\n");
            process.signal(Signal.KILL, false);
            assertThat(transcript.toEnd().status()).isEqualTo(137);
        }
    }

    @Test
    void a_signal_to_the_group_reaches_the_children() {
        try (var process = box().start(box().script("sleep 1000 & echo $!; wait"))) {
            var transcript = box().transcript(process).until("\n");
            process.signal(Signal.KILL, true);
            var captured = transcript.toEnd();
            assertThat(captured.exited().signal()).isEqualTo(9);
            assertEnds(captured.out().strip());
        }
    }

    @Test
    void a_signal_to_the_process_alone_leaves_the_children() {
        try (var process = box().start(box().script("sleep 1000 & echo $!; wait"))) {
            var transcript = box().transcript(process).until("\n");
            process.signal(Signal.KILL, false);
            var captured = transcript.toEnd();
            assertThat(captured.exited().signal()).isEqualTo(9);
            var child = captured.out().strip();
            assertThat(box().isRunning(child)).as("the child").isTrue();
            box().sh("kill -9 \"$1\"", child);
        }
    }

    @Test
    void a_time_limit_kills_the_process_with_its_children_and_grandchildren() {
        var script = "trap '' TERM; sh -c 'sleep 1000 & echo $!; sleep 1000' & echo $!; wait";
        var spec =
                box().script(script).toBuilder().timeout(Duration.ofSeconds(1)).build();
        var captured = box().run(spec);
        assertThat(captured.exited().timedOut()).isTrue();
        assertThat(captured.exited().signal()).isEqualTo(9);
        assertThat(captured.out().lines()).hasSize(2).allSatisfy(this::assertEnds);
    }

    @Test
    void a_process_that_ends_in_time_was_not_timed_out() {
        var captured = box().run(box().script("exit 3").toBuilder()
                .timeout(Duration.ofSeconds(60))
                .build());
        assertThat(captured.status()).isEqualTo(3);
        assertThat(captured.exited().timedOut()).isFalse();
    }

    @Test
    void a_time_limit_holds_even_when_nobody_reads() {
        var process = box().start(box().script("sleep 1000").toBuilder()
                .timeout(Duration.ofSeconds(1))
                .build());
        process.close();
        assertEnds("" + process.pid());
    }

    private void assertEnds(String pid) {
        Eventually.holds(fixture().timeout(), "process " + pid + " has ended", () -> !box().isRunning(pid));
    }

    private String state(int pid) {
        return box().sh("sed 's/.*) //' /proc/$1/stat | cut -c1", "" + pid)
                .out()
                .strip();
    }
}
