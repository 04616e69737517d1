package dev.sandboxer.http.e2b.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.protocol.e2b.ProcessProto;
import dev.sandboxer.protocol.e2b.ProcessProto.PTY;
import dev.sandboxer.protocol.e2b.ProcessProto.SendSignalRequest;
import dev.sandboxer.protocol.e2b.SignalStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessMessagesTest {
    @Test
    void the_status_of_a_signal_can_be_parsed_by_clients() {
        for (int signal = 1; signal <= 64; signal++) {
            var end = ProcessMessages.exited(new Exited(128 + signal, signal, false))
                    .getEnd();
            assertThat(end.getExitCode()).isEqualTo(-1);
            assertThat(end.getExited()).isFalse();
            assertThat(end.getError()).isEqualTo(end.getStatus());
            assertThat(SignalStatus.parse(end.getStatus())).hasValue(signal);
        }
    }

    @Test
    void running_out_of_memory_is_reported_in_the_error_and_not_in_the_status() {
        var killed = ProcessMessages.exited(new Exited(-1, 9, false, true)).getEnd();
        assertThat(killed.getStatus()).isEqualTo("signal: killed");
        assertThat(killed.getError()).isEqualTo("signal: killed (the sandbox is out of memory)");
        var passedOn = ProcessMessages.exited(new Exited(137, 0, false, true)).getEnd();
        assertThat(passedOn.getError()).isEqualTo("exit status 137 (the sandbox is out of memory)");
    }

    @Test
    void an_exit_has_its_code_and_a_nonzero_one_an_error() {
        var good = ProcessMessages.exited(new Exited(0, 0, false)).getEnd();
        assertThat(good.getExited()).isTrue();
        assertThat(good.getStatus()).isEqualTo("exit status 0");
        assertThat(good.hasError()).isFalse();
        var bad = ProcessMessages.exited(new Exited(3, 0, false)).getEnd();
        assertThat(bad.getExitCode()).isEqualTo(3);
        assertThat(bad.getError()).isEqualTo("exit status 3");
    }

    @Test
    void sigterm_and_sigkill_can_be_sent() {
        assertThat(signal(9)).isEqualTo(Signal.KILL);
        assertThat(signal(15)).isEqualTo(Signal.TERM);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -9, 64})
    void other_signals_can_not_be_sent(int number) {
        assertThatThrownBy(() -> signal(number))
                .isInstanceOfSatisfying(
                        ConnectException.class, e -> assertThat(e.code()).isEqualTo(ConnectCode.UNIMPLEMENTED));
    }

    private static Signal signal(int number) {
        return ProcessMessages.signal(
                SendSignalRequest.newBuilder().setSignalValue(number).build().getSignal());
    }

    @Test
    void a_terminal_without_a_size_gets_a_default_one() {
        assertThat(ProcessMessages.size(pty(100, 50))).isEqualTo(new PtySize(100, 50));
        assertThat(ProcessMessages.size(pty(0, 0))).isEqualTo(new PtySize(80, 24));
        assertThatThrownBy(() -> ProcessMessages.size(pty(-1, 24))).isInstanceOf(OperationException.class);
        assertThatThrownBy(() -> ProcessMessages.size(PTY.getDefaultInstance())).isInstanceOf(ConnectException.class);
    }

    private static PTY pty(int columns, int rows) {
        return PTY.newBuilder()
                .setSize(PTY.Size.newBuilder().setCols(columns).setRows(rows))
                .build();
    }

    @Test
    void a_process_is_named_by_pid_or_tag() {
        var selector = ProcessProto.ProcessSelector.newBuilder();
        assertThat(ProcessMessages.selector(selector.setTag("t").build())).isEqualTo(ProcessSelector.tag("t"));
        assertThat(ProcessMessages.selector(selector.setPid(7).build())).isEqualTo(ProcessSelector.pid(7));
        assertThatThrownBy(() -> ProcessMessages.selector(selector.setTag("").build()))
                .isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> ProcessMessages.selector(selector.clear().build()))
                .isInstanceOf(ConnectException.class);
    }
}
