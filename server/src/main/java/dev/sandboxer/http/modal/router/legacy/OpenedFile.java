package dev.sandboxer.http.modal.router.legacy;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;

/**
 * An open file: a copy on this server's disk, which is written back. The copy is unlinked, so it vanishes with this process.
 * Thread-safe.
 */
final class OpenedFile implements AutoCloseable {
    /** Modal works on files as root, just as it runs commands. */
    static final String USER = "root";

    private static final WriteOptions AS_ROOT = new WriteOptions(USER, null, null);
    private static final long MAX_BYTES = 256L << 20;

    /** Up to this size a file is written back after each write; a larger one only by a flush. In bytes. */
    private static final int WRITE_THROUGH_SIZE = 1 << 20;

    private static final int PIECE = 64 << 10;

    private final Sandbox sandbox;
    private final String path;
    private final OpenMode mode;
    private final RandomAccessFile copy;
    private long position;
    private boolean changed;

    private OpenedFile(Sandbox sandbox, String path, OpenMode mode, RandomAccessFile copy) {
        this.sandbox = sandbox;
        this.path = path;
        this.mode = mode;
        this.copy = copy;
    }

    /** A part of an open file. */
    record Range(OpenedFile file, long from, long to) {}

    static OpenedFile open(Sandbox sandbox, SandboxFiles files, String path, OpenMode mode) throws IOException {
        var temporary = Files.createTempFile("sandboxer-file", null);
        try {
            var opened = new OpenedFile(sandbox, path, mode, new RandomAccessFile(temporary.toFile(), "rw"));
            try {
                opened.prepare(files);
            } catch (IOException | RuntimeException e) {
                opened.close();
                throw e;
            }
            return opened;
        } finally {
            Files.delete(temporary);
        }
    }

    private void prepare(SandboxFiles files) throws IOException {
        switch (mode.kind()) {
            case EXISTING -> fetch(files);
            case TRUNCATED -> files.write(path, AS_ROOT, InputStream.nullInputStream());
            case APPENDED -> {
                if (exists(files)) {
                    fetch(files);
                } else {
                    files.write(path, AS_ROOT, InputStream.nullInputStream());
                }
            }
            case NEW -> {
                if (exists(files)) {
                    throw new FileError(FileError.EXISTS, path + ": file exists");
                }
                files.write(path, AS_ROOT, InputStream.nullInputStream());
            }
        }
        position = 0;
    }

    private boolean exists(SandboxFiles files) {
        try {
            return files.stat(path, USER) != null;
        } catch (OperationException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private void fetch(SandboxFiles files) throws IOException {
        try (var file = files.read(path, USER, 0, MAX_BYTES + 1)) {
            var piece = new byte[PIECE];
            for (var count = file.content().read(piece);
                    count >= 0;
                    count = file.content().read(piece)) {
                requireSize(copy.getFilePointer() + count);
                copy.write(piece, 0, count);
            }
        }
    }

    private void requireSize(long size) {
        if (size > MAX_BYTES) {
            throw new FileError(FileError.TOO_BIG, path + ": files above 256 MiB can't be opened; use a newer client");
        }
    }

    Sandbox sandbox() {
        return sandbox;
    }

    /**
     * Skips bytes and returns their range, to be read later.
     *
     * @param count negative = up to the end
     */
    synchronized Range skip(long count) throws IOException {
        requireReadable();
        var from = Math.min(position, copy.length());
        position = count < 0 ? copy.length() : Math.min(copy.length(), from + count);
        return new Range(this, from, position);
    }

    /** Like {@link #skip}, up to the end of the line. */
    synchronized Range skipLine() throws IOException {
        requireReadable();
        var from = Math.min(position, copy.length());
        copy.seek(from);
        var piece = new byte[PIECE];
        var end = from;
        for (var count = copy.read(piece); count > 0; count = copy.read(piece)) {
            for (int i = 0; i < count; i++) {
                if (piece[i] == '\n') {
                    position = end + i + 1;
                    return new Range(this, from, position);
                }
            }
            end += count;
        }
        position = end;
        return new Range(this, from, end);
    }

    private void requireReadable() {
        if (!mode.reads()) {
            throw new FileError(FileError.BAD_DESCRIPTOR, path + ": not open for reading");
        }
    }

    synchronized byte[] read(long from, int count) throws IOException {
        copy.seek(from);
        var bytes = new byte[count];
        copy.readFully(bytes);
        return bytes;
    }

    /** Writes to the copy; returns true if the file should be written back now. */
    synchronized boolean write(byte[] bytes) throws IOException {
        if (!mode.writes()) {
            throw new FileError(FileError.BAD_DESCRIPTOR, path + ": not open for writing");
        }
        if (mode.kind() == OpenMode.Kind.APPENDED) {
            position = copy.length();
        }
        requireSize(position + bytes.length);
        copy.seek(position);
        copy.write(bytes);
        position += bytes.length;
        changed = true;
        return copy.length() <= WRITE_THROUGH_SIZE;
    }

    synchronized void seek(long offset, int whence) throws IOException {
        var base = switch (whence) {
            case 0 -> 0L;
            case 1 -> position;
            case 2 -> copy.length();
            default -> throw new FileError(FileError.INVALID, "invalid whence: " + whence);
        };
        if (base + offset < 0) {
            throw new FileError(FileError.INVALID, path + ": can't seek before the beginning");
        }
        position = base + offset;
    }

    /** Writes the file back to the sandbox, if it was changed. */
    synchronized void flush(SandboxFiles files) throws IOException {
        if (changed) {
            files.write(path, AS_ROOT, new CopyInput());
            changed = false;
        }
    }

    synchronized boolean isChanged() {
        return changed;
    }

    @Override
    public synchronized void close() throws IOException {
        copy.close();
    }

    /** Reads the copy from its beginning. The caller has to hold the file's lock. */
    private final class CopyInput extends InputStream {
        private long at;

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            copy.seek(at);
            var count = copy.read(into, offset, length);
            at += Math.max(0, count);
            return count;
        }
    }
}
