package dev.sandboxer.http.modal.router;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sandboxer.http.modal.router.exec.Output;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WholeCharactersTest {
    private static final ByteString TEXT = ByteString.copyFromUtf8("a ü € 😀 z");

    /** Returns output in pieces of this many bytes. */
    private static Output cut(ByteString bytes, int size) {
        return (offset, sink) -> {
            for (int at = (int) offset; at < bytes.size(); at += size) {
                sink.accept(at, bytes.substring(at, Math.min(bytes.size(), at + size)));
            }
        };
    }

    private record Piece(long offset, ByteString bytes) {}

    private static List<Piece> pieces(Output output) throws InterruptedException {
        var all = new ArrayList<Piece>();
        new WholeCharacters(output).transfer(0, (offset, bytes) -> all.add(new Piece(offset, bytes)));
        return all;
    }

    @Test
    void no_piece_ends_within_a_character_and_none_is_lost() throws Exception {
        for (int size = 1; size <= TEXT.size(); size++) {
            var next = 0L;
            for (Piece piece : pieces(cut(TEXT, size))) {
                assertThat(piece.bytes().isValidUtf8()).isTrue();
                assertThat(piece.offset()).isEqualTo(next);
                next += piece.bytes().size();
            }
            assertThat(next).isEqualTo(TEXT.size());
        }
    }

    @Test
    void an_incomplete_character_comes_as_it_is_at_the_end() throws Exception {
        var broken = ByteString.copyFrom(new byte[] {'a', (byte) 0xf0, (byte) 0x9f});
        assertThat(pieces(cut(broken, 1)))
                .containsExactly(new Piece(0, broken.substring(0, 1)), new Piece(1, broken.substring(1)));
    }

    @Test
    void bytes_that_are_not_utf_8_are_not_held_back() throws Exception {
        var noText = ByteString.copyFrom(new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80});
        assertThat(pieces(cut(noText, 4))).containsExactly(new Piece(0, noText));
    }
}
