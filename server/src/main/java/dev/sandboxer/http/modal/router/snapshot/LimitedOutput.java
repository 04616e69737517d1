package dev.sandboxer.http.modal.router.snapshot;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Passes on a limited number of bytes and refuses more. */
final class LimitedOutput extends FilterOutputStream {
    private long left;

    LimitedOutput(OutputStream out, long most) {
        super(out);
        this.left = most;
    }

    @Override
    public void write(int one) throws IOException {
        count(1);
        out.write(one);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        count(length);
        out.write(bytes, offset, length);
    }

    private void count(int length) {
        left -= length;
        if (left < 0) {
            throw new SandboxException(
                    ErrorCode.TOO_LARGE, "the directory is too large for a snapshot; the limit is 4 GiB");
        }
    }
}
