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

    private CompletableFuture<Boolean> writing(StdinPipe.Turn turn, long offset, ByteString bytes) {
        var done = new CompletableFuture<Boolean>();
        VirtualThreads.start("writer", () -> {
            try {
                turn.write(offset, bytes);
                done.complete(true);
            } catch (InterruptedException | RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    @Test
    void what_is_sent_twice_is_written_once_and_gaps_are_refused() throws Exception {
        pipe.begin().write(0, text("abc"));
        pipe.begin().write(0, text("abc"));
        pipe.begin().write(1, text("bcdef"));
        assertThatThrownBy(() -> pipe.begin().write(7, text("x")))
                .hasMessageContaining("FAILED_PRECONDITION")
                .hasMessageContaining("byte 6");
        assertThat(pipe.settle()).isEqualTo(new StdinPipe.State(6, false));
        pipe.begin().close();

        assertThat(taken()).isEqualTo("abcdef");
        assertThat(pipe.settle()).isEqualTo(new StdinPipe.State(6, true));
        pipe.begin().write(3, text("def")); // again, after the end
        assertThatThrownBy(() -> pipe.begin().write(6, text("x"))).hasMessageContaining("closed");
    }

    @Test
    void a_writer_waits_while_the_command_does_not_read() throws Exception {
        var writing = writing(pipe.begin(), 0, text("x".repeat(2_000_000)));
        await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(30)).until(() -> !writing.isDone());
        assertThat(pipe.settle().written()).isLessThan(1_000_000);

        assertThatThrownBy(() -> writing.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("ABORTED");
    }

    @Test
    void a_new_writer_goes_on_exactly_where_the_old_one_was_stopped() throws Exception {
        var bytes = text("0123456789".repeat(200_000));
        var old = writing(pipe.begin(), 0, bytes);
        await().atMost(Duration.ofSeconds(30)).until(() -> pipe.take() != null);
        var state = pipe.settle();
        assertThatThrownBy(() -> old.get(30, TimeUnit.SECONDS)).hasMessageContaining("ABORTED");
        var turn = pipe.begin();
        var rest = writing(turn, state.written(), bytes.substring((int) state.written()));

        var length = 64 << 10; // taken above
        for (var piece = pipe.take(); piece != null; piece = pipe.take()) {
            assertThat(piece).isEqualTo(bytes.substring(length, length + piece.size()));
            length += piece.size();
            if (length == bytes.size()) {
                turn.close();
            }
        }
        assertThat(length).isEqualTo(bytes.size());
        assertThat(rest.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void the_end_of_the_command_ends_a_write_that_waits() {
        var writing = writing(pipe.begin(), 0, text("x".repeat(2_000_000)));
        pipe.end();

        assertThatThrownBy(() -> writing.get(30, TimeUnit.SECONDS)).hasMessageContaining("FAILED_PRECONDITION");
        pipe.begin().close();
    }

    @Test
    void numbered_pieces_come_once_each_and_in_order() throws Exception {
        pipe.writePiece(1, text("one "), false);
        pipe.writePiece(2, text("two "), false);
        pipe.writePiece(2, text("two "), false);
        pipe.writePiece(1, text("one "), false);
        pipe.writePiece(3, text("three"), true);
        assertThat(taken()).isEqualTo("one two three");
    }
}
