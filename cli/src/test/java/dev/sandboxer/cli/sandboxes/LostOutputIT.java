package dev.sandboxer.cli.sandboxes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Commands whose output can't be written. */
class LostOutputIT {
    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    /** Returns a command line whose output goes to a full disk. */
    private static CliProcess full() {
        return cli.process().behind("sh", "-c", "exec \"$@\" >/dev/full", "sh");
    }

    @Test
    void output_that_can_not_be_written_is_a_failure() {
        for (var line : List.of(List.of("ls"), List.of("profiles", "--json"), List.of("--help"))) {
            var result = full().run(line.toArray(String[]::new));

            assertThat(result.status()).as(line.toString()).isEqualTo(125);
            assertThat(result.err()).isEqualTo("sandboxer: can't write the output: No space left on device\n");
        }
    }

    @Test
    void a_sandbox_whose_id_could_not_be_printed_is_destroyed() {
        var result = full().run("create", "--ttl", "60s");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err())
                .contains("was destroyed, because its id could not be printed")
                .contains("can't write the output: No space left on device");
        assertThat(cli.run("ls", "-q").out()).isEmpty();
    }

    @Test
    void a_sandbox_with_an_idempotency_key_stays_when_its_id_could_not_be_printed() {
        assertThat(full().run("create", "--ttl", "60s", "--idempotency-key", "again")
                        .status())
                .isEqualTo(125);

        var id = cli.create("--ttl", "60s", "--idempotency-key", "again");
        assertThat(cli.run("ls", "-q").line()).isEqualTo(id);
        assertThat(cli.run("destroy", id).status()).isZero();
    }

    @Test
    void a_reader_that_closes_the_pipe_is_no_failure() throws Exception {
        var process = cli.process().start("ls");
        process.getInputStream().close();

        assertThat(process.waitFor()).isZero();
        assertThat(process.getErrorStream().readAllBytes()).isEmpty();
    }
}
