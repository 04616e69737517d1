package dev.sandboxer.extension.tck.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.tck.Eventually;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.SandboxContract;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Contract for attaching: processes keep running without a reader, are listed, and can be attached to again. */
public abstract class AttachContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected AttachContract() {}

    @Test
    void a_process_goes_on_after_its_reader_left() {
        var gate = box().newGate();
        var result = box().newPath();
        var process = box().start(box().script("echo started; " + gate.pass() + "; echo done >\"$1\"", result));
        box().transcript(process).until("started");
        process.close();
        gate.open();
        Eventually.holds(fixture().timeout(), "the process continued", () -> appears(result));
    }

    @Test
    void unread_output_does_not_stop_a_process_whose_reader_left() {
        var result = box().newPath();
        var gate = box().newGate();
        var script = gate.pass() + "; head -c 5000000 /dev/zero; echo done >\"$1\"";
        box().start(box().script(script, result)).close();
        gate.open();
        Eventually.holds(fixture().timeout(), "the process continued", () -> appears(result));
    }

    @Test
    void attaching_gives_output_from_then_on_and_the_exit() {
        var before = box().newGate();
        var after = box().newGate();
        var script = "echo old; " + before.pass() + "; echo new; " + after.pass() + "; exit 9";
        var process = box().start(box().script(script));
        box().transcript(process).until("old");
        process.close();
        try (var attached = processes().attach(ProcessSelector.pid(process.pid()))) {
            assertThat(attached.pid()).isEqualTo(process.pid());
            before.open();
            var transcript = box().transcript(attached).until("new");
            after.open();
            var captured = transcript.toEnd();
            assertThat(captured.out()).isEqualTo("new\n");
            assertThat(captured.status()).isEqualTo(9);
        }
    }

    @Test
    void two_attached_readers_both_get_all_output() {
        var gate = box().newGate();
        try (var first = box().start(box().script(gate.pass() + "; seq 1 50000; exit 4").toBuilder()
                        .tag("watched")
                        .build());
                var second = processes().attach(ProcessSelector.tag("watched"))) {
            gate.open();
            var one = box().transcript(first);
            var thread = Thread.ofVirtual().start(() -> one.until("\n50000\n"));
            var captured = box().transcript(second).toEnd();
            joined(thread);
            assertThat(captured.out()).startsWith("1\n2\n").endsWith("\n50000\n");
            assertThat(one.toEnd().out()).isEqualTo(captured.out());
            assertThat(captured.status()).isEqualTo(4);
        }
    }

    @Test
    void another_session_attaches_after_the_first_one_is_closed() {
        var gate = box().newGate();
        var first = connect(box().sandbox());
        first.start(first.script(gate.pass() + "; echo late").toBuilder()
                .tag("survivor")
                .build());
        first.close();
        var second = connect(box().sandbox());
        try (var attached = second.session().processes().attach(ProcessSelector.tag("survivor"))) {
            gate.open();
            assertThat(second.transcript(attached).toEnd().text()).isEqualTo("late");
        }
        second.close();
    }

    @Test
    void a_process_that_has_just_ended_reports_its_exit_at_once() {
        if (!fixture().remembersExits()) {
            skip("exits are not remembered by " + extension().id());
        }
        RunningProcess process =
                box().start(box().script("exit 6").toBuilder().tag("ended").build());
        assertThat(box().transcript(process).toEnd().status()).isEqualTo(6);
        for (var selector : new ProcessSelector[] {ProcessSelector.pid(process.pid()), ProcessSelector.tag("ended")}) {
            try (var attached = processes().attach(selector)) {
                assertThat(box().transcript(attached).toEnd().status()).isEqualTo(6);
            }
        }
        process.close();
    }

    @Test
    void an_unknown_process_is_refused() {
        Failures.refuses(Reason.PROCESS_NOT_FOUND, () -> attach(ProcessSelector.tag("no-such-tag")));
        Failures.refuses(Reason.PROCESS_NOT_FOUND, () -> attach(ProcessSelector.pid(4_000_000)));
        Failures.refuses(
                Reason.PROCESS_NOT_FOUND,
                () -> processes().signal(ProcessSelector.tag("no-such-tag"), Signal.TERM, false));
    }

    @Test
    void a_process_not_started_through_a_session_is_unknown() {
        try (var process = box().start(box().script("sleep 1000 & echo $!; wait"))) {
            var transcript = box().transcript(process).until("\n");
            process.signal(Signal.KILL, false);
            var child = Integer.parseInt(transcript.toEnd().out().strip());
            Failures.refuses(Reason.PROCESS_NOT_FOUND, () -> attach(ProcessSelector.pid(child)));
            box().sh("kill -9 \"$1\"", "" + child);
        }
    }

    @Test
    void running_processes_are_listed_with_their_command_directory_and_variables() {
        var directory = box().newDirectory();
        var spec = ProcessSpec.builder("sleep", "1000")
                .tag("listed")
                .cwd(directory)
                .env(Map.of("TCK_LISTED", "yes"))
                .build();
        try (var process = box().start(spec)) {
            var info = listed(process.pid()).orElseThrow();
            assertThat(info.tag()).isEqualTo("listed");
            assertThat(info.argv()).containsExactly("sleep", "1000");
            assertThat(info.cwd()).isEqualTo(directory);
            assertThat(info.env()).containsEntry("TCK_LISTED", "yes");
            assertThat(info.pty()).isFalse();
            process.signal(Signal.KILL, false);
            box().transcript(process).toEnd();
            Eventually.holds(
                    fixture().timeout(),
                    "the ended process is no longer listed",
                    () -> listed(process.pid()).isEmpty());
        }
    }

    @Test
    void a_process_without_a_tag_is_listed_without_one() {
        try (var process = box().start(ProcessSpec.of("sleep", "1000"))) {
            assertThat(listed(process.pid()))
                    .hasValueSatisfying(info -> assertThat(info.tag()).isNull());
            process.signal(Signal.KILL, false);
        }
    }

    /** The list is larger than a socket buffer and larger than a backend's send window. */
    @Test
    void a_list_of_many_long_commands_is_complete() {
        var processes = new ArrayList<RunningProcess>();
        try {
            for (int i = 0; i < 60; i++) {
                processes.add(box().start(ProcessSpec.of("sleep", "1000", "0".repeat(8 << 10))));
            }
            assertThat(processes().list())
                    .extracting(ProcessInfo::pid)
                    .containsAll(processes.stream().map(RunningProcess::pid).toList());
        } finally {
            for (RunningProcess process : processes) {
                process.signal(Signal.KILL, true);
                process.close();
            }
        }
    }

    private Optional<ProcessInfo> listed(int pid) {
        return processes().list().stream().filter(it -> it.pid() == pid).findFirst();
    }

    private void attach(ProcessSelector selector) {
        processes().attach(selector).close();
    }

    private boolean appears(String path) {
        try {
            return box().text(path).equals("done\n");
        } catch (OperationException e) {
            return false;
        }
    }

    private void joined(Thread thread) {
        try {
            assertThat(thread.join(fixture().timeout()))
                    .as("the first reader has finished")
                    .isTrue();
        } catch (InterruptedException e) {
            throw Eventually.interrupted(e);
        }
    }
}
