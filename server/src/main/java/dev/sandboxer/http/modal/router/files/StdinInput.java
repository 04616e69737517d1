package dev.sandboxer.http.modal.router.files;

import com.google.protobuf.ByteString;
import dev.sandboxer.http.modal.router.exec.StdinPipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/** Standard input as an {@link InputStream}. It ends only once the input is closed or the command has ended. Not thread-safe. */
final class StdinInput extends InputStream {
    private final StdinPipe stdin;
    private @Nullable ByteString piece = ByteString.EMPTY;

    StdinInput(StdinPipe stdin) {
        this.stdin = stdin;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        var current = current();
        if (current == null) {
            return -1;
        }
        var count = Math.min(length, current.size());
        current.substring(0, count).copyTo(into, offset);
        piece = current.substring(count);
        return count;
    }

    private @Nullable ByteString current() throws IOException {
        var current = piece;
        while (current != null && current.isEmpty()) {
            try {
                current = stdin.take();
            } catch (InterruptedException e) {
                throw (IOException) new InterruptedIOException("the command was ended").initCause(e);
            }
        }
        piece = current;
        return current;
    }
}
