package dev.sandboxer.extension.tck.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.tck.Bytes;
import dev.sandboxer.extension.tck.Events;
import dev.sandboxer.extension.tck.Eventually;
import dev.sandboxer.extension.tck.SandboxContract;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contract for output: it reaches its reader completely, in order and at the reader's pace. */
public abstract class OutputContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected OutputContract() {}

    private static final int MIB = 1 << 20;
    private static final Duration MOMENT = Duration.ofMillis(20);

    @Test
    void a_slow_reader_gets_twenty_megabytes_complete_and_in_order() {
        var last = 2_700_000;
        var expected = Bytes.digest();
        IntStream.rangeClosed(1, last).forEach(i -> expected.update((i + "\n").getBytes(US_ASCII)));
        try (var process = box().start(ProcessSpec.of("seq", "1", Integer.toString(last)))) {
            var pauseAt = new long[] {0};
            var hash = drain(process, sofar -> {
                if (sofar >= pauseAt[0]) {
                    pauseAt[0] = sofar + MIB / 4;
                    Eventually.pause(MOMENT);
                }
            });
            assertThat(hash).isEqualTo(Bytes.hex(expected.digest()));
        }
    }

    @Test
    void a_process_stops_while_nobody_pulls_its_output_and_loses_nothing() {
        var total = 64;
        var progress = box().newPath();
        var script = "i=0; echo 0 >\"$1\"; while [ $i -lt " + total
                + " ]; do head -c 1048576 /dev/zero; i=$((i+1)); echo $i >\"$1\"; done";
        try (var process = box().start(box().script(script, progress))) {
            if (!fixture().buffersUnreadOutput()) {
                Eventually.holds(fixture().timeout(), "the process blocks on its output", () -> {
                    var before = box().sh("cat \"$1\"", progress).out();
                    Eventually.pause(MOMENT.multipliedBy(25));
                    return !before.isEmpty() && before.equals(box().text(progress));
                });
                var written = box().text(progress).strip();
                assertThat(Integer.parseInt(written)).as("MiB written, unread").isLessThan(total / 2);
            }
            assertThat(drain(process, _ -> {})).isEqualTo(Bytes.sha256(new byte[total * MIB]));
        }
    }

    @Test
    void binary_output_arrives_byte_for_byte() {
        var path = box().newPath();
        var content = Bytes.everyValue();
        box().write(path, content);
        var captured = box().sh("cat \"$1\"; cat \"$1\" >&2", path);
        assertThat(captured.bytes(Channel.STDOUT)).isEqualTo(content);
        assertThat(captured.bytes(Channel.STDERR)).isEqualTo(content);
    }

    @Test
    void much_output_on_both_channels_at_once_blocks_neither() {
        var captured = box().sh("head -c 3000000 /dev/zero & head -c 3000000 /dev/zero >&2; wait");
        assertThat(captured.bytes(Channel.STDOUT)).hasSize(3_000_000);
        assertThat(captured.bytes(Channel.STDERR)).hasSize(3_000_000);
    }

    @Test
    void output_arrives_while_the_process_runs() {
        var gate = box().newGate();
        try (var process = box().start(box().script("printf early; " + gate.pass() + "; printf late"))) {
            var transcript = box().transcript(process).until("early");
            gate.open();
            assertThat(transcript.toEnd().out()).isEqualTo("earlylate");
        }
    }

    @Test
    void fifty_processes_at_once_have_their_own_output_and_code() throws Exception {
        box();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var runs = IntStream.range(0, 50)
                    .mapToObj(i -> threads.submit(() -> box().sh("seq $1 20000; echo $1 >&2; exit $1", "" + i)))
                    .toList();
            for (int i = 0; i < runs.size(); i++) {
                var captured =
                        runs.get(i).get(fixture().timeout().multipliedBy(2).toSeconds(), TimeUnit.SECONDS);
                assertThat(captured.status()).isEqualTo(i);
                assertThat(captured.err()).isEqualTo(i + "\n");
                assertThat(captured.out()).startsWith(i + "\n").endsWith("\n20000\n");
                assertThat(captured.out().lines()).hasSize(20_001 - i);
            }
        }
    }

    @Test
    void the_last_output_of_a_short_process_is_never_lost() {
        for (int i = 0; i < 50; i++) {
            var captured = box().sh("printf word; printf other >&2; exit 5");
            assertThat(captured.out()).isEqualTo("word");
            assertThat(captured.err()).isEqualTo("other");
            assertThat(captured.status()).isEqualTo(5);
        }
    }

    @Test
    void a_background_child_that_holds_the_pipe_does_not_delay_the_exit() {
        var captured = box().sh("sleep 1000 & echo $!");
        assertThat(captured.status()).isZero();
        assertThat(box().isRunning(captured.text())).as("the child").isTrue();
        box().sh("kill -9 \"$1\"", captured.text());
    }

    @Test
    void waiting_for_an_event_returns_null_when_the_time_is_up() throws InterruptedException {
        try (var process = box().start(ProcessSpec.of("sleep", "1000"))) {
            assertThat(process.next(MOMENT)).isNull();
            assertThat(process.next(Duration.ZERO)).isNull();
            process.signal(Signal.KILL, false);
            assertThat(box().transcript(process).toEnd().status()).isEqualTo(137);
        }
    }

    @Test
    void a_waiting_reader_can_be_interrupted_and_the_process_goes_on() throws Exception {
        var gate = box().newGate();
        try (var process = box().start(box().script("printf early; " + gate.pass() + "; printf late"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var transcript = box().transcript(process).until("early");
            var waiting = threads.submit(() -> {
                Thread.currentThread().interrupt();
                return assertThatThrownBy(() -> process.next(null)).isInstanceOf(InterruptedException.class);
            });
            waiting.get(fixture().timeout().toSeconds(), TimeUnit.SECONDS);
            gate.open();
            assertThat(transcript.toEnd().out()).isEqualTo("earlylate");
        }
    }

    @Test
    void reading_after_the_exit_fails() {
        try (var process = box().start(ProcessSpec.of("true"))) {
            box().transcript(process).toEnd();
            assertThatIllegalStateException().isThrownBy(() -> process.next(Duration.ZERO));
        }
    }

    /** Reads a successful process to its end. Returns the hash of its standard output. */
    private String drain(RunningProcess process, LongConsumer eachTime) {
        var digest = Bytes.digest();
        long sofar = 0;
        while (true) {
            switch (Events.next(process, fixture().timeout())) {
                case null ->
                    throw new AssertionError("no output for " + fixture().timeout() + " after " + sofar + " bytes");
                case Output(var channel, var bytes) -> {
                    assertThat(channel).isEqualTo(Channel.STDOUT);
                    digest.update(bytes);
                    sofar += bytes.length;
                    eachTime.accept(sofar);
                }
                case Exited end -> {
                    assertThat(end.status()).isZero();
                    return Bytes.hex(digest.digest());
                }
            }
        }
    }
}
