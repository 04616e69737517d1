package dev.sandboxer.http.modal.router.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.sandboxer.observe.VirtualThreads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StdinPipeTest {
    private final StdinPipe pipe = new StdinPipe();

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private String taken() throws InterruptedException {
        var all = new StringBuilder();
        for (var piece = pipe.take(); piece != null; piece = pipe.take()) {
            all.append(piece.toStringUtf8());
        }
        return all.toString();
    }

    private CompletableFuture<Boolean> writing(StdinPipe.Writer writer, long offset, ByteString bytes) {
        var done = new CompletableFuture<Boolean>();
        VirtualThreads.start("writer", () -> {
            try {
                writer.write(offset, bytes);
                done.complete(true);
            } catch (InterruptedException | RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    @Test
    void bytes_sent_twice_are_written_once_and_gaps_are_refused() throws Exception {
        pipe.newWriter().write(0, text("abc"));
        pipe.newWriter().write(0, text("abc"));
        pipe.newWriter().write(1, text("bcdef"));
        assertThatThrownBy(() -> pipe.newWriter().write(7, text("x")))
                .hasMessageContaining("FAILED_PRECONDITION")
                .hasMessageContaining("byte 6");
        assertThat(pipe.stopWriter()).isEqualTo(new StdinPipe.State(6, false));
        pipe.newWriter().close();

        assertThat(taken()).isEqualTo("abcdef");
        assertThat(pipe.stopWriter()).isEqualTo(new StdinPipe.State(6, true));
        pipe.newWriter().write(3, text("def")); // sent again, after the end
        assertThatThrownBy(() -> pipe.newWriter().write(6, text("x"))).hasMessageContaining("closed");
    }

    @Test
    void a_writer_waits_while_the_command_does_not_read() throws Exception {
        var writing = writing(pipe.newWriter(), 0, text("x".repeat(2_000_000)));
        await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(30)).until(() -> !writing.isDone());
        assertThat(pipe.stopWriter().written()).isLessThan(1_000_000);

        assertThatThrownBy(() -> writing.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("ABORTED");
    }

    @Test
    void a_new_writer_continues_exactly_where_the_old_one_was_stopped() throws Exception {
        var bytes = text("0123456789".repeat(200_000));
        var old = writing(pipe.newWriter(), 0, bytes);
        await().atMost(Duration.ofSeconds(30)).until(() -> pipe.take() != null);
        var state = pipe.stopWriter();
        assertThatThrownBy(() -> old.get(30, TimeUnit.SECONDS)).hasMessageContaining("ABORTED");
        var writer = pipe.newWriter();
        var rest = writing(writer, state.written(), bytes.substring((int) state.written()));

        var length = 64 << 10; // the length of the piece that was taken above
        for (var piece = pipe.take(); piece != null; piece = pipe.take()) {
            assertThat(piece).isEqualTo(bytes.substring(length, length + piece.size()));
            length += piece.size();
            if (length == bytes.size()) {
                writer.close();
            }
        }
        assertThat(length).isEqualTo(bytes.size());
        assertThat(rest.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void the_end_of_the_command_ends_a_write_that_waits() {
        var writing = writing(pipe.newWriter(), 0, text("x".repeat(2_000_000)));
        pipe.endCommand();

        assertThatThrownBy(() -> writing.get(30, TimeUnit.SECONDS)).hasMessageContaining("FAILED_PRECONDITION");
        pipe.newWriter().close();
    }

    @Test
    void numbered_pieces_arrive_once_each_and_in_order() throws Exception {
        pipe.writePiece(1, text("one "), false);
        pipe.writePiece(2, text("two "), false);
        pipe.writePiece(2, text("two "), false);
        pipe.writePiece(1, text("one "), false);
        pipe.writePiece(3, text("three"), true);
        assertThat(taken()).isEqualTo("one two three");
    }
}
