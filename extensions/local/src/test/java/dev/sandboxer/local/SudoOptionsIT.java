package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.local.host.RootSource;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts may call sudo with the options that it has elsewhere. */
class SudoOptionsIT {
    private static LocalHome home;
    private static BackendSandbox sandbox;

    @BeforeAll
    static void open() throws IOException {
        home = LocalHome.open(RootSource.ofThisHost());
        sandbox = home.create();
    }

    @AfterAll
    static void close() throws IOException {
        home.close();
    }

    private static String sh(String script) throws InterruptedException {
        return home.sh(sandbox, script + " 2>&1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sudo -nSEH id -u                                | 0",
                "sudo --non-interactive --stdin --set-home id -u | 0",
                "sudo --user=user id -un                         | user",
                "sudo --user user id -un                         | user",
                "sudo -u '#1000' id -un                          | user",
                "sudo -g daemon id -gn                           | daemon",
                "sudo -g daemon id -un                           | user",
                "sudo -u root -g daemon id -un                   | root",
                "sudo --group=daemon -- id -gn                   | daemon",
                "A=1 B=2 C=3 sudo --preserve-env=A,C printenv A B C | 1 3",
                "A=1 sudo --preserve-env printenv A              | 1",
                "A=1 sudo -E printenv A                          | 1",
                "sudo --login pwd                                | /root",
                "sudo --version                                  | sudo of sand-boxer",
                "sudo --reset-timestamp; echo $?                 | 0",
            })
    void options_are_accepted_in_short_and_long_form(String command, String answer) throws InterruptedException {
        assertThat(sh(command).replaceAll("\\s+", " ")).isEqualTo(answer);
    }

    @Test
    void sudo_b_runs_in_the_background() throws InterruptedException {
        assertThat(sh("mkfifo /tmp/pipe; sudo -b sh -c 'id -u >/tmp/pipe'; echo \"went on $(cat /tmp/pipe)\""))
                .isEqualTo("went on 0");
    }

    @Test
    void sudo_does_not_wait_for_a_daemon() throws InterruptedException {
        assertThat(sh("sudo sh -c 'setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo started'; echo after"))
                .isEqualTo("started\nafter");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sudo --no-such-option id | unknown option --no-such-option",
                "sudo -g no-such-group id | no-such-group",
                "sudo -u no-such-user id  | no-such-user",
                "sudo --user= id          | usage:",
                "sudo --shell=x id        | usage:",
            })
    void unknown_options_and_users_are_refused(String command, String words) throws InterruptedException {
        assertThat(sh(command + "; echo status $?")).contains(words).doesNotContain("status 0");
    }
}
