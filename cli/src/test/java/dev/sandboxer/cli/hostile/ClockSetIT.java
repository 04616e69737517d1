package dev.sandboxer.cli.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A host whose clock seems to have been changed since the home's first command, because the test edits the recorded time in the home. */
class ClockSetIT {
    private static final String NOTE = "the clock of this host was changed by 7";

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    private final CliProcess process = new CliProcess(cli.home());

    @AfterEach
    void end() {
        process.run("destroy", "--all", "--force");
    }

    /** Makes the clock seem to have been set forward. */
    private void setForward(Duration by) throws IOException {
        var words = note().split(" ");
        Files.writeString(cli.home().resolve("clock"), words[0] + " " + (Long.parseLong(words[1]) - by.toMillis()));
    }

    private String note() throws IOException {
        return Files.readString(cli.home().resolve("clock")).strip();
    }

    @Test
    void setting_the_clock_ends_no_sandbox_and_takes_effect_once_none_runs() throws Exception {
        var id = process.run("create", "--ttl", "10m").out().strip();
        var before = note();

        setForward(Duration.ofHours(2));
        var set = note();

        var shown = process.run("show", id);
        assertThat(shown.err()).contains(NOTE, "until the running sandboxes have ended");
        assertThat(process.run("exec", id, "--", "true").status()).isZero();
        assertThat(note()).isEqualTo(set);

        assertThat(process.run("destroy", id).status()).isZero();
        assertThat(process.run("ls").err()).doesNotContain(NOTE);
        assertThat(Math.abs(Long.parseLong(note().split(" ")[1]) - Long.parseLong(before.split(" ")[1])))
                .isLessThan(2000);
    }

    @Test
    void ages_and_remaining_times_ignore_a_change_of_the_clock() throws Exception {
        cli.run("create", "--ttl", "10m");
        setForward(Duration.ofHours(2));
        var id = cli.run("create", "--ttl", "10m").out().strip();

        assertThat(cli.run("ls").out().lines())
                .filteredOn(line -> line.startsWith(id))
                .singleElement()
                .asString()
                .containsPattern(" \\d+s +in (9|10)m$");
        assertThat(cli.run("ls", "--at", "ext.local").out().lines())
                .filteredOn(line -> line.startsWith(id))
                .singleElement()
                .asString()
                .containsPattern("in (9|10)m$");
    }
}
