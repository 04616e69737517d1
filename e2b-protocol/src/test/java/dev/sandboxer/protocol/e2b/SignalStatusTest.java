package dev.sandboxer.protocol.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalStatusTest {
    /** Linux's highest signal. */
    private static final int LAST = 64;

    @Test
    void each_of_linuxs_signals_is_read_back_with_and_without_a_core_dump() {
        var seen = new HashSet<String>();
        for (int signal = 1; signal <= LAST; signal++) {
            var status = SignalStatus.format(signal);
            assertThat(seen.add(status)).as(status).isTrue();
            assertThat(SignalStatus.parse(status)).as(status).hasValue(signal);
            assertThat(SignalStatus.parse(status + " (core dumped)")).as(status).hasValue(signal);
        }
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
    void a_signal_is_named_as_in_go(int signal, String words) {
        assertThat(SignalStatus.format(signal)).isEqualTo("signal: " + words);
    }

    @Test
    void a_named_signal_may_also_be_a_number() {
        assertThat(SignalStatus.parse("signal: signal 9")).hasValue(9);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "signal: ",
                "exit status 9",
                "signal: tired",
                "killed",
                "signal: signal x",
                "signal: signal 1234"
            })
    void any_other_status_has_no_signal(String status) {
        assertThat(SignalStatus.parse(status)).isEmpty();
    }
}
