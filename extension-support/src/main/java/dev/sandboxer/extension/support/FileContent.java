package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import java.io.IOException;
import java.io.InputStream;

/** The content of a file, read from the output of a script. */
final class FileContent extends InputStream {
    private final FileScript script;
    private boolean closed;

    FileContent(FileScript script) {
        this.script = script;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        try {
            var count = script.output().read(buffer, offset, length);
            if (count < 0) {
                script.output().requireSuccess();
            }
            return count;
        } catch (ExtensionException | OperationException e) {
            throw Failures.toIo(e);
        }
    }

    @Override
    public int available() {
        return script.output().available();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            script.close();
        }
    }
}
