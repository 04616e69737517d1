package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * Collects a whole answer before it is sent, because a failure after the first byte could no longer be reported. A short answer stays
 * in memory; a longer one is in a deleted file, which disappears when this process ends. Not thread-safe.
 *
 * <p>Uses no {@code FileChannel}, since an interrupt during a write would close it.
 */
final class BufferedAnswer implements AutoCloseable {
    /** The bytes that are kept in memory before they are written to the file. */
    private static final int MEMORY = 128 << 10;

    /** The bytes that are reserved at once. */
    private static final int STEP = 64 << 10;

    private final AnswerSpace space;
    private final SandboxId sandbox;
    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable RandomAccessFile file;
    private long size;
    private long taken;

    BufferedAnswer(AnswerSpace space, SandboxId sandbox) {
        this.space = space;
        this.sandbox = sandbox;
    }

    /**
     * Adds bytes at the end.
     *
     * @throws ConnectException {@code RESOURCE_EXHAUSTED} if the answer gets too long, or the disk is full
     */
    void add(byte[] bytes) {
        if (size + bytes.length > taken) {
            var more = Math.max(STEP, bytes.length);
            space.reserve(sandbox, more, taken);
            taken += more;
        }
        memory.writeBytes(bytes);
        size += bytes.length;
        if (memory.size() >= MEMORY) {
            spill();
        }
    }

    private void spill() {
        try {
            var to = file;
            if (to == null) {
                to = deletedFile();
                file = to;
            }
            to.write(memory.toByteArray());
            memory.reset();
        } catch (IOException e) {
            throw new ConnectException(
                    ConnectCode.RESOURCE_EXHAUSTED,
                    "the server has no disk space for the answer: " + e.getMessage(),
                    e);
        }
    }

    private static RandomAccessFile deletedFile() throws IOException {
        var path = Files.createTempFile("sandboxer-answer", null);
        try {
            return new RandomAccessFile(path.toFile(), "rw");
        } finally {
            Files.delete(path);
        }
    }

    /** Sends the answer. */
    void send(HttpExchange exchange, String type) throws IOException {
        exchange.header("Content-Length", Long.toString(size));
        try (var out = exchange.stream(200, type)) {
            var from = file;
            if (from != null) {
                from.seek(0);
                var piece = new byte[STEP];
                for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
                    out.write(piece, 0, count);
                }
            }
            out.write(memory.toByteArray());
        }
    }

    @Override
    public void close() {
        if (taken > 0) {
            space.release(sandbox, taken);
            taken = 0;
        }
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
