package dev.sandboxer.http.e2b.envd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.ProcessEvent;
import dev.sandboxer.extension.Signal;
import dev.sandboxer.http.WireJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessMessagesTest {
    private static ProcessMessages.SendSignal signal(String value) {
        return WireJson.read(("{\"signal\":" + value + "}").getBytes(UTF_8), ProcessMessages.SendSignal.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1, hangup",
        "5, trace/breakpoint trap",
        "6, aborted",
        "9, killed",
        "15, terminated",
        "16, stack fault",
        "17, child exited",
        "19, stopped (signal)",
        "23, urgent I/O condition",
        "24, CPU time limit exceeded",
        "25, file size limit exceeded",
        "31, bad system call",
        "32, signal 32",
        "64, signal 64",
    })
    void an_end_by_a_signal_is_worded_as_go_does(int signal, String text) {
        var end = ProcessMessages.End.of(new ProcessEvent.Exited(128 + signal, signal, false));

        assertThat(end).isEqualTo(new ProcessMessages.End(-1, false, "signal: " + text, "signal: " + text));
    }

    @Test
    void a_signal_is_named_or_numbered() {
        for (String kill : new String[] {"9", "\"SIGNAL_SIGKILL\""}) {
            assertThat(signal(kill).toSignal()).isEqualTo(Signal.KILL);
        }
        for (String term : new String[] {"15", "\"SIGNAL_SIGTERM\""}) {
            assertThat(signal(term).toSignal()).isEqualTo(Signal.TERM);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0", "null", "\"SIGNAL_UNSPECIFIED\"", "true", "{}", "9.5", "-9"})
    void other_signals_can_not_be_sent(String value) {
        assertThatThrownBy(() -> signal(value).toSignal())
                .isInstanceOfSatisfying(
                        ConnectException.class, e -> assertThat(e.code()).isEqualTo(ConnectCode.UNIMPLEMENTED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"args\":[null]", "\"args\":[\"a\",null]", "\"envs\":{\"A\":null}"})
    void null_is_no_argument_and_no_variable(String field) {
        var config = WireJson.read(("{\"cmd\":\"ls\"," + field + "}").getBytes(UTF_8), ProcessMessages.Config.class);

        assertThatThrownBy(config::check)
                .isInstanceOfSatisfying(
                        ConnectException.class, e -> assertThat(e.code()).isEqualTo(ConnectCode.INVALID_ARGUMENT))
                .hasMessageContaining("null");
    }
}
