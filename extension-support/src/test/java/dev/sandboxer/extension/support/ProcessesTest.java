package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests process operations that the contracts of the test kit don't cover. */
class ProcessesTest extends ContainerTest {
    /** A shell, its child and its grandchild, which ignores TERM. Prints ready when all three run. */
    private static final String FAMILY = """
            sh -c 'trap "" TERM; (trap "echo got >>signals" HUP; echo ready; while :; do sleep 0.05; done) & wait' &
            wait
            """;

    ProcessesTest() {
        super(Container.Image.HOST);
    }

    @Test
    void a_grandchild_that_ignores_TERM_survives_it_and_is_killed_with_its_group() throws Exception {
        try (var family = processes.start(ProcessSpec.of(Shell.argv(FAMILY)))) {
            until(family, "ready");
            family.signal(Signal.TERM, true);
            assertThat(finish(family).exited()).isEqualTo(new Exited(-1, 15, false));
            assertThat(group(family.pid())).hasSizeGreaterThanOrEqualTo(2);
            assertThat(refusal(() -> processes.signal(ProcessSelector.pid(family.pid()), Signal.KILL, true)))
                    .isEqualTo(Reason.PROCESS_NOT_FOUND);
            new ExecSignals(container.exec()).killGroup(family.pid());
            awaitEndOfGroup(family.pid());
        }
        try (var family = processes.start(ProcessSpec.of(Shell.argv(FAMILY)))) {
            until(family, "ready");
            family.signal(Signal.KILL, true);
            assertThat(finish(family).exited()).isEqualTo(new Exited(-1, 9, false));
            awaitEndOfGroup(family.pid());
        }
    }

    /** Returns the pids of a process group in the sandbox's pid namespace, without zombies. */
    private List<String> group(int leader) {
        var script = "cd /proc; for p in [0-9]*; do set -- $(sed 's/.*) //' $p/stat 2>/dev/null);"
                + " [ \"$3/${1#Z}\" != \"" + leader + "/\" ] && [ \"$3\" = " + leader + " ] && echo $p; done; :";
        return new String(new Shell(container.exec()).run(script).out(), UTF_8)
                .lines()
                .toList();
    }

    private void awaitEndOfGroup(int leader) {
        while (!group(leader).isEmpty()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void no_watchdog_is_left_when_a_process_ends_in_time() throws Exception {
        var spec = ProcessSpec.builder("true")
                .timeout(Duration.ofSeconds(1_234_567))
                .build();
        assertThat(run(spec).exited().code()).isZero();
        var left = new Shell(container.exec())
                .run("until ! grep -qs '[1]234567' /proc/[0-9]*/cmdline; do sleep 0.02; done; echo none");
        assertThat(left.out()).asString().isEqualTo("none\n");
    }

    @Test
    void every_code_is_reported_except_those_that_stand_for_INT_and_PIPE() throws Exception {
        for (int code : new int[] {126, 127, 128, 129, 131, 137, 143, 159, 200, 255}) {
            assertThat(sh("exit " + code).exited()).isEqualTo(new Exited(code, 0, false));
        }
        for (int signal : new int[] {1, 2, 3, 9, 10, 11, 13, 15, 31, 34}) {
            assertThat(sh("kill -" + signal + " $$; sleep 10").exited()).isEqualTo(new Exited(-1, signal, false));
        }
    }

    @Test
    void arguments_and_variables_may_contain_anything() throws Exception {
        var all = new StringBuilder();
        for (char c = 1; c < 0x1000; c++) {
            all.append(c);
        }
        var odd = List.of(
                all.toString(), "", "'", "\n\n", "\\n", "$sbx_nl", "\"$sbx_nl\"", "`id`", "-", "--", "sbx_mark=x");
        var spec = ProcessSpec.of(Shell.argv("printf '%s\\0' \"$@\"", odd.toArray(String[]::new)));
        assertThat(run(spec).out()).isEqualTo(String.join("\0", odd) + "\0");
        var env = Map.of(
                "a.b",
                "1",
                "x-y",
                "2",
                "PATH",
                "/usr/bin:/bin",
                "sbx_mark",
                "3",
                "IFS",
                "4",
                "sbx_user",
                "5",
                "_",
                "6");
        var variables = run(ProcessSpec.builder("env", "-0").env(env).build()).out();
        assertThat(variables.split("\0"))
                .contains("a.b=1", "x-y=2", "sbx_mark=3", "IFS=4", "sbx_user=5", "FROM=the container");
        for (var name : new String[] {"", "-u", "a=b", "a\0"}) {
            assertThat(refusal(() -> processes.start(
                            ProcessSpec.builder("true").env(Map.of(name, "x")).build())))
                    .isEqualTo(Reason.INVALID);
        }
    }

    @Test
    void a_program_may_be_named_like_a_variable_or_an_option() throws Exception {
        for (var name : new String[] {"a=b", "-i", "--", "it's"}) {
            var script = new ByteArrayInputStream("#!/bin/sh\necho \"ran $1\"\n".getBytes(UTF_8));
            files.write(name, new WriteOptions(null, 0755, null), script);
            assertThat(run(ProcessSpec.of("./" + name, "x")).out()).isEqualTo("ran x\n");
            var path = ProcessSpec.builder(name, "x")
                    .env(Map.of("PATH", "/home/user:/usr/bin:/bin"))
                    .build();
            assertThat(run(path).out()).isEqualTo("ran x\n");
            files.remove(name, null);
        }
    }

    @Test
    void another_user_may_open_its_output_again() throws Exception {
        var result =
                sh("echo out >/dev/stdout; echo err >/dev/stderr; readlink /proc/self/fd/0; ls /proc/self/fd | wc -l");
        assertThat(result.err()).isEqualTo("err\n");
        assertThat(result.out()).isEqualTo("out\n/dev/null\n4\n");
        var input =
                ProcessSpec.builder("sh", "-c", "cat </dev/stdin").stdin(true).build();
        try (var process = processes.start(input)) {
            process.writeInput("text".getBytes(UTF_8), 0, 4);
            process.closeInput();
            assertThat(finish(process).out()).isEqualTo("text");
        }
    }

    @Test
    void a_signal_reaches_a_process_whose_name_has_line_breaks() throws Exception {
        var path = "a) S 1\nb";
        files.write(
                path,
                new WriteOptions(null, 0755, null),
                new ByteArrayInputStream("#!/bin/sh\necho ready; read x".getBytes(UTF_8)));
        try (var process =
                processes.start(ProcessSpec.builder("./" + path).stdin(true).build())) {
            until(process, "ready");
            process.signal(Signal.TERM, true);
            assertThat(finish(process).exited().signal()).isEqualTo(15);
        }
    }

    @Test
    void a_signal_does_not_reach_another_process_with_the_same_pid() throws Exception {
        try (var process = processes.start(ProcessSpec.of("sleep", "1000"))) {
            var signals = new ExecSignals(container.exec());
            assertThat(signals.send(process.pid(), "1", Signal.KILL, true)).isFalse();
            assertThat(signals.send(process.pid(), Signal.KILL, false)).isTrue();
            assertThat(finish(process).exited().signal()).isEqualTo(9);
            assertThat(signals.send(process.pid(), Signal.KILL, false)).isFalse();
        }
    }

    @Test
    void users_and_groups_work_without_setpriv_and_setsid() throws Exception {
        new Shell(container.exec())
                .run("mkdir /home/few; for t in env id su sleep chown cat; do ln -s /usr/bin/$t /home/few/; done")
                .check("making a path");
        var path = "/home/few";
        var poor = new ExecProcesses(container.exec(Map.of("PATH", path)), ContainerExtension.USER);
        try (var process = poor.start(ProcessSpec.of(Shell.argv("sleep 1000 & echo $!; id -un; wait")))) {
            var said = until(process, "user\n").lines().toList();
            process.signal(Signal.KILL, true);
            assertThat(finish(process).exited().status()).isEqualTo(137);
            awaitEnd(said.getFirst());
        }
        var limited = poor.start(ProcessSpec.builder(Shell.argv("sleep 1000 & sleep 1000"))
                .timeout(Duration.ofSeconds(1))
                .build());
        assertThat(finish(limited).exited()).isEqualTo(new Exited(-1, 9, true));
    }

    @Test
    void a_process_on_a_terminal_has_its_size_user_and_pid() throws Exception {
        var script = "test -t 0 && test -t 1 && test -t 2 && stty size; id -un; echo $$; exit 11";
        var spec = ProcessSpec.builder(Shell.argv(script))
                .pty(new PtySize(101, 37))
                .env(Map.of("A", "it's\n"))
                .build();
        try (var process = processes.start(spec)) {
            var result = finish(process);
            assertThat(result.out()).isEqualTo("37 101\r\nuser\r\n" + process.pid() + "\r\n");
            assertThat(result.exited().code()).isEqualTo(11);
        }
        assertThat(refusal(() -> processes.start(ProcessSpec.builder("no-such-command")
                        .pty(new PtySize(80, 25))
                        .build())))
                .isEqualTo(Reason.COMMAND_NOT_FOUND);
    }

    @Test
    void a_time_limit_holds_on_a_terminal() throws Exception {
        var spec = ProcessSpec.builder("sleep", "1000")
                .pty(new PtySize(80, 25))
                .timeout(Duration.ofSeconds(1))
                .build();
        assertThat(run(spec).exited()).isEqualTo(new Exited(-1, 9, true));
    }

    @Test
    void readers_get_a_failure_when_the_sandbox_can_no_longer_be_reached() throws Exception {
        var cut = new AtomicBoolean();
        var breaking =
                new ExecProcesses(command -> new Cut(container.exec().start(command), cut), ContainerExtension.USER);
        try (var process = breaking.start(ProcessSpec.of(Shell.argv("echo ready; sleep 1000")));
                var other = breaking.attach(ProcessSelector.pid(process.pid()))) {
            until(process, "ready");
            assertThat(breaking.list()).extracting(ProcessInfo::cwd).containsExactly("/home/user");
            cut.set(true);
            assertThatThrownBy(() -> finish(process))
                    .isInstanceOf(ExtensionException.class)
                    .hasMessage("cut");
            assertThatThrownBy(() -> finish(other))
                    .isInstanceOf(ExtensionException.class)
                    .hasMessage("cut");
            assertThat(breaking.list()).isEmpty();
            new ExecSignals(container.exec()).send(process.pid(), Signal.KILL, true);
        }
    }

    /** A command whose connection to the backend the test can break. */
    private record Cut(Execution execution, AtomicBoolean cut) implements Execution {
        @Override
        public @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
            while (!cut.get()) {
                var event = execution.next(Duration.ofMillis(20));
                if (event != null) {
                    return event;
                }
            }
            throw ExtensionException.unknown(ExtensionException.Kind.TRANSIENT, "cut", null);
        }

        @Override
        public void writeInput(byte[] bytes, int offset, int length) {
            execution.writeInput(bytes, offset, length);
        }

        @Override
        public void closeInput() {
            execution.closeInput();
        }

        @Override
        public void close() {
            execution.close();
        }
    }
}
