package dev.sandboxer.cli.sandboxes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.util.ArrayList;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ManyAtOnceIT {
    private static final int COMMANDS = 16;

    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    @Test
    void commands_that_start_at_the_same_time_all_succeed() throws Exception {
        assertThat(cli.process().run("ls").status()).isZero(); // the start-up cache and the database are made
        var processes = new ArrayList<Process>();
        for (int i = 0; i < COMMANDS; i++) {
            processes.add(cli.process().start("create", "--memory", "64MiB", "--disk", "64MiB", "--ttl", "10m"));
        }

        var made = new TreeSet<String>();
        for (Process process : processes) {
            var id = process.inputReader().readAllAsString().strip();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue())
                    .as(process.errorReader().readAllAsString())
                    .isZero();
            made.add(id);
        }

        assertThat(made).hasSize(COMMANDS);
        assertThat(new TreeSet<>(cli.run("ls", "-q").out().lines().toList())).isEqualTo(made);
        assertThat(cli.run("destroy", "--all").out().lines()).hasSize(COMMANDS);
    }
}
