package dev.sandboxer.local.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HostProgramsTest {
    private static final Duration AMPLE = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    Path here;

    @Test
    void the_output_and_the_errors_are_returned_together_even_if_they_are_long() throws IOException {
        var output = run(AMPLE, 0, "echo first; echo second >&2; seq 100000");

        assertThat(output.lines())
                .hasSize(100_002)
                .startsWith("first", "second")
                .endsWith("100000");
    }

    @Test
    void a_status_above_the_highest_is_a_failure_with_the_output() throws IOException {
        assertThat(run(AMPLE, 1, "echo corrected; exit 1")).isEqualTo("corrected");
        assertThatThrownBy(() -> run(AMPLE, 1, "echo broken; exit 2"))
                .isInstanceOf(IOException.class)
                .hasMessage("sh failed: broken");
    }

    @Test
    void a_silent_program_is_killed_at_its_limit() throws Exception {
        var pid = here.resolve("pid");

        assertThatThrownBy(() -> run(SHORT, 0, "echo $$ >" + pid + "; exec sleep 1000"))
                .isInstanceOf(IOException.class)
                .hasMessage("sh was killed, because it had not ended after 1 s");

        var process = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
        if (process.isPresent()) {
            process.get().onExit().get();
        }
    }

    @Test
    void a_child_that_keeps_the_output_open_is_not_waited_for_beyond_the_limit() throws Exception {
        var pid = here.resolve("pid");
        try {
            run(SHORT, 0, "sleep 1000 & echo $! >" + pid); // the JDK may close the output when the shell ends
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("had not ended");
        } finally {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void a_program_that_closes_its_output_is_killed_at_its_limit() {
        assertThatThrownBy(() -> run(SHORT, 0, "exec sleep 1000 >/dev/null 2>&1"))
                .hasMessageContaining("had not ended");
    }

    @Test
    void an_interrupted_caller_does_not_wait_for_a_silent_program() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> run(AMPLE, 0, "sleep 1000")).isInstanceOf(InterruptedIOException.class);

        assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    }

    private static String run(Duration limit, int highestStatus, String script) throws IOException {
        return HostPrograms.run(List.of("sh", "-c", script), Map.of(), limit, highestStatus);
    }
}
