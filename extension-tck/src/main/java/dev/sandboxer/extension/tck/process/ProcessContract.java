package dev.sandboxer.extension.tck.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.SandboxContract;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract for the start and the exit of processes. */
public abstract class ProcessContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected ProcessContract() {}

    @Test
    void stdout_and_stderr_arrive_on_separate_channels() {
        var captured = box().sh("echo out; echo err >&2; printf tail");
        assertThat(captured.out()).isEqualTo("out\ntail");
        assertThat(captured.err()).isEqualTo("err\n");
        assertThat(captured.screen()).isEmpty();
    }

    @Test
    void exit_codes_are_reported_as_they_are() {
        for (int code : new int[] {0, 1, 42, 126, 127, 255}) {
            var exited = box().sh("exit " + code).exited();
            assertThat(exited.code()).isEqualTo(code);
            assertThat(exited.signal()).isZero();
            assertThat(exited.timedOut()).isFalse();
        }
    }

    @Test
    void the_signal_that_ended_a_process_is_reported() {
        for (int signal : new int[] {9, 15, 6}) {
            var exited = box().sh("kill -" + signal + " $$; sleep 1000").exited();
            assertThat(exited.signal()).isEqualTo(signal);
            assertThat(exited.status()).isEqualTo(128 + signal);
            assertThat(exited.timedOut()).isFalse();
        }
    }

    @Test
    void a_code_above_128_is_not_taken_for_a_signal() {
        var exited = box().sh("sh -c 'kill -9 $$'; exit $?").exited();
        assertThat(exited.code()).isEqualTo(137);
        assertThat(exited.signal()).isZero();
    }

    @Test
    void the_pid_is_the_one_inside() {
        try (var process = box().start(box().script("echo $$"))) {
            assertThat(box().transcript(process).toEnd().text()).isEqualTo(Integer.toString(process.pid()));
        }
    }

    @Test
    void standard_input_is_empty_when_not_asked_for() {
        assertThat(box().run(ProcessSpec.of("cat")).text()).isEmpty();
    }

    @Test
    void runs_in_the_home_of_its_user_by_default() {
        assertThat(box().run(ProcessSpec.of("pwd")).text()).isEqualTo(fixture().home());
        var directory = box().newDirectory() + "/a b\nü";
        files().makeDirectory(directory, null);
        assertThat(box().run(box().script("pwd; printf .").toBuilder()
                                .cwd(directory)
                                .build())
                        .out())
                .isEqualTo(directory + "\n.");
    }

    @Test
    void a_missing_working_directory_is_refused_and_nothing_is_started() {
        var path = box().newPath();
        var spec = box().script("echo started >" + path).toBuilder()
                .cwd("/no/such/directory")
                .build();
        Failures.refuses(Reason.CWD_MISSING, () -> box().start(spec));
        Failures.refuses(Reason.NOT_FOUND, () -> files().stat(path, null));
    }

    @Test
    void a_file_is_refused_as_working_directory() {
        Failures.refuses(
                () -> box().start(ProcessSpec.builder("pwd").cwd("/etc/passwd").build()));
    }

    @Test
    void runs_as_the_default_user_of_the_template() {
        assertThat(box().run(ProcessSpec.of("id", "-un")).text())
                .isEqualTo(fixture().user());
        assertThat(box().sh("echo $HOME").text()).isEqualTo(fixture().home());
    }

    @Test
    void a_user_is_a_name_or_a_number() {
        var uid = box().run(ProcessSpec.of("id", "-u")).text();
        var asked = ProcessSpec.of("id", "-u");
        assertThat(box().run(asked.toBuilder().user(fixture().user()).build()).text())
                .isEqualTo(uid);
        assertThat(box().run(asked.toBuilder().user(uid).build()).text()).isEqualTo(uid);
    }

    @Test
    void runs_as_root_when_asked() {
        requires(Capability.ROOT);
        var spec = box().script("echo $(id -u) $(pwd) $HOME").toBuilder()
                .user("root")
                .build();
        assertThat(box().run(spec).text()).matches("0 (/\\S*) \\1");
    }

    @Test
    void an_unknown_user_is_refused() {
        var spec = ProcessSpec.of("true");
        Failures.refuses(
                Reason.UNKNOWN_USER,
                () -> box().start(spec.toBuilder().user("nobody-has-this-name").build()));
    }

    @Test
    void a_missing_command_is_refused() {
        Failures.refuses(Reason.COMMAND_NOT_FOUND, () -> box().start(ProcessSpec.of("no-such-command")));
        Failures.refuses(Reason.COMMAND_NOT_FOUND, () -> box().start(ProcessSpec.of("/no/such/command")));
    }

    @Test
    void a_file_that_cannot_be_executed_is_refused() {
        var path = box().newPath();
        box().write(path, "#!/bin/sh\n", Box.mode(0644));
        Failures.refuses(Reason.NOT_EXECUTABLE, () -> box().start(ProcessSpec.of(path)));
        Failures.refuses(Reason.NOT_EXECUTABLE, () -> box().start(ProcessSpec.of("/tmp")));
    }

    @Test
    void a_program_without_a_slash_is_looked_up_in_the_PATH_it_is_given() {
        var directory = box().newDirectory();
        box().write(directory + "/my-own", "#!/bin/sh\necho found $1\n", Box.mode(0755));
        var spec = ProcessSpec.builder("my-own", "it")
                .env(Map.of("PATH", directory + ":/usr/bin:/bin"))
                .build();
        assertThat(box().run(spec).text()).isEqualTo("found it");
    }
}
