package dev.sandboxer.extension.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventBufferTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final EventBuffer buffer = new EventBuffer();

    @Test
    void events_are_read_in_order_while_a_full_buffer_blocks_the_writer() throws Exception {
        var writer = Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < 100; i++) {
                    buffer.put(output(i));
                }
                buffer.put(new Exited(0, 0, false));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        var read = new ArrayList<Integer>();
        while (buffer.next(LONG) instanceof Output(var _, var bytes)) {
            read.add((int) bytes[0]);
        }
        writer.join();
        assertThat(read).hasSize(100).isSorted();
        assertThat(buffer.isOpen()).isFalse();
    }

    @Test
    void reading_returns_null_when_no_event_comes_in_time() throws Exception {
        assertThat(buffer.next(Duration.ZERO)).isNull();
        assertThat(buffer.next(Duration.ofMillis(1))).isNull();
        assertThat(buffer.isOpen()).isTrue();
    }

    @Test
    void the_first_failure_is_thrown_after_the_events_before_it() throws Exception {
        buffer.put(output(1));
        buffer.fail(new IllegalStateException("first"));
        buffer.fail(new IllegalStateException("second"));
        assertThat(buffer.isOpen()).isFalse();
        assertThat(buffer.next(null)).isInstanceOf(Output.class);
        assertThatThrownBy(() -> buffer.next(null)).hasMessage("first");
    }

    @Test
    void an_exit_fits_into_a_full_buffer() throws Exception {
        for (int i = 0; i < 8; i++) {
            buffer.put(output(i));
        }
        buffer.putWithoutBlocking(new Exited(3, 0, false));
        for (int i = 0; i < 8; i++) {
            assertThat(buffer.next(null)).isInstanceOf(Output.class);
        }
        assertThat(buffer.next(null)).isEqualTo(new Exited(3, 0, false));
    }

    @Test
    void closing_drops_events_and_lets_blocked_threads_go() throws Exception {
        var writer = Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < 100; i++) {
                    buffer.put(output(i));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        buffer.close();
        assertThat(writer.join(LONG)).isTrue();
        assertThatThrownBy(() -> buffer.next(null)).isInstanceOf(ExtensionException.class);
    }

    private static ProcessEvent output(int number) {
        return new Output(Channel.STDOUT, new byte[] {(byte) number});
    }
}
