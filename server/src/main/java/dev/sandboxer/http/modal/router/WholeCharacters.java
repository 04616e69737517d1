package dev.sandboxer.http.modal.router;

import com.google.protobuf.ByteString;
import dev.sandboxer.http.modal.router.exec.Output;

/**
 * Output in pieces that end at the end of a UTF-8 character, so that each can be decoded by itself.
 *
 * @param bytes the output in arbitrary pieces
 */
record WholeCharacters(Output bytes) implements Output {
    private static final int MAX_CHARACTER_BYTES = 4;

    @Override
    public void transfer(long offset, Sink sink) throws InterruptedException {
        var rest = new Rest();
        bytes.transfer(offset, (position, piece) -> {
            var all = rest.bytes.concat(piece);
            var start = position - rest.bytes.size();
            var whole = all.size() - unfinished(all);
            rest.bytes = all.substring(whole);
            rest.position = start + whole;
            if (whole > 0) {
                sink.accept(start, all.substring(0, whole));
            }
        });
        if (!rest.bytes.isEmpty()) {
            sink.accept(rest.position, rest.bytes);
        }
    }

    /** The beginning of a character whose other bytes have not come yet. */
    private static final class Rest {
        private ByteString bytes = ByteString.EMPTY;
        private long position;
    }

    /** Returns how many bytes at the end belong to an incomplete character. */
    private static int unfinished(ByteString bytes) {
        for (int count = 1; count < MAX_CHARACTER_BYTES && count <= bytes.size(); count++) {
            var lead = bytes.byteAt(bytes.size() - count) & 0xff;
            if (lead < 0x80) {
                return 0;
            }
            if (lead >= 0xc0) {
                return count < length(lead) ? count : 0;
            }
        }
        return 0;
    }

    private static int length(int lead) {
        return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    }
}
