package dev.sandboxer.extension.tck.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.tck.SandboxContract;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Contract for processes on a terminal. */
public abstract class PtyContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected PtyContract() {}

    private static final PtySize SIZE = new PtySize(101, 37);

    @Override
    protected final Set<Capability> needs() {
        return Set.of(Capability.PTY);
    }

    @Test
    void all_three_descriptors_are_a_terminal() {
        var captured = box().run(onTerminal("test -t 0 && test -t 1 && test -t 2 && echo terminal; echo err >&2"));
        assertThat(captured.screen()).isEqualTo("terminal\r\nerr\r\n");
        assertThat(captured.out()).isEmpty();
        assertThat(captured.err()).isEmpty();
    }

    @Test
    void without_a_pty_there_is_no_terminal() {
        assertThat(box().sh("test -t 0 || test -t 1 || test -t 2 || echo none").text())
                .isEqualTo("none");
    }

    @Test
    void has_the_size_asked_for() {
        assertThat(box().run(onTerminal("stty size")).screen()).isEqualTo("37 101\r\n");
    }

    @Test
    void the_exit_code_is_reported() {
        assertThat(box().run(onTerminal("exit 11")).status()).isEqualTo(11);
    }

    @Test
    void a_new_size_is_signalled_and_read_back() {
        var script = "trap 'stty size' WINCH; echo ready; while :; do sleep 0.02; done";
        try (var process = box().start(onTerminal(script))) {
            var transcript = box().transcript(process).until("ready");
            process.resize(new PtySize(120, 40));
            transcript.until("40 120");
            processes().resize(ProcessSelector.pid(process.pid()), new PtySize(81, 25));
            transcript.until("25 81");
            process.signal(Signal.KILL, true);
            transcript.toEnd();
        }
    }

    @Test
    void control_c_interrupts() {
        try (var process = box().start(onTerminal("echo ready; exec sleep 1000"))) {
            var transcript = box().transcript(process).until("ready");
            type(process, "\u0003");
            assertThat(transcript.toEnd().status()).isEqualTo(130);
        }
    }

    @Test
    void control_c_reaches_the_foreground_of_an_interactive_shell_and_not_the_shell() {
        try (var process = box().start(
                        ProcessSpec.builder(fixture().shell(), "-i").pty(SIZE).build())) {
            // wait for "ready" from the foreground process, since an earlier interrupt would reach the shell
            type(process, fixture().shell() + " -c 'echo rea\"\"dy; exec sleep 1000'\n");
            var transcript = box().transcript(process).until("ready\r\n");
            type(process, "\u0003");
            type(process, "echo st''ill; exit 5\n");
            assertThat(transcript.until("still\r\n").toEnd().status()).isEqualTo(5);
        }
    }

    @Test
    void control_d_ends_the_input() {
        try (var process = box().start(ProcessSpec.builder("cat").pty(SIZE).build())) {
            type(process, "typed\n\u0004");
            var captured = box().transcript(process).toEnd();
            assertThat(captured.status()).isZero();
            assertThat(captured.screen()).isEqualTo("typed\r\ntyped\r\n");
        }
    }

    @Test
    void is_listed_as_a_terminal() {
        try (var process = box().start(onTerminal("sleep 1000"))) {
            assertThat(processes().list())
                    .filteredOn(it -> it.pid() == process.pid())
                    .singleElement()
                    .satisfies(it -> assertThat(it.pty()).isTrue());
            process.signal(Signal.KILL, true);
        }
    }

    @Test
    void much_output_arrives_complete() {
        var screen = box().run(onTerminal("seq 1 100000")).screen();
        assertThat(screen).startsWith("1\r\n2\r\n").endsWith("\r\n100000\r\n").hasSize(688_895);
    }

    private ProcessSpec onTerminal(String script) {
        return box().script(script).toBuilder().pty(SIZE).build();
    }

    private static void type(RunningProcess process, String keys) {
        var bytes = keys.getBytes(UTF_8);
        process.writeInput(bytes, 0, bytes.length);
    }
}
