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
 * An open file: a copy of it on this server's disk, which is written back. Thread-safe. The copy has no name, so that it is gone
 * when this process is.
 */
final class OpenedFile implements AutoCloseable {
    private static final WriteOptions AS_ROOT = new WriteOptions("root", null, null);
    private static final long LARGEST = 256L << 20;

    /** Up to this size each write is seen inside at once; beyond that, at a flush. */
    private static final int WRITTEN_AT_ONCE = 1 << 20;

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
                opened.begin(files);
            } catch (IOException | RuntimeException e) {
                opened.close();
                throw e;
            }
            return opened;
        } finally {
            Files.delete(temporary);
        }
    }

    private void begin(SandboxFiles files) throws IOException {
        switch (mode.kind()) {
            case OLD -> fetch(files);
            case EMPTIED -> files.write(path, AS_ROOT, InputStream.nullInputStream());
            case APPENDED -> {
                if (isThere(files)) {
                    fetch(files);
                } else {
                    files.write(path, AS_ROOT, InputStream.nullInputStream());
                }
            }
            case NEW -> {
                if (isThere(files)) {
                    throw new FileError(FileError.EXISTS, path + ": file exists");
                }
                files.write(path, AS_ROOT, InputStream.nullInputStream());
            }
        }
        position = 0;
    }

    private boolean isThere(SandboxFiles files) {
        try {
            return files.stat(path, "root") != null;
        } catch (OperationException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private void fetch(SandboxFiles files) throws IOException {
        try (var file = files.read(path, "root", 0, LARGEST + 1)) {
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
        if (size > LARGEST) {
            throw new FileError(FileError.TOO_BIG, path + ": files above 256 MiB can't be opened; use newer calls");
        }
    }

    Sandbox sandbox() {
        return sandbox;
    }

    String path() {
        return path;
    }

    /** Moves on over some bytes, which are read later. */
    synchronized Range skip(long count) throws IOException {
        requireReadable();
        var from = Math.min(position, copy.length());
        position = count < 0 ? copy.length() : Math.min(copy.length(), from + count);
        return new Range(this, from, position);
    }

    /** Moves on to the next line. */
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

    /** Returns true if it should be written back now. */
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
        return copy.length() <= WRITTEN_AT_ONCE;
    }

    synchronized void seek(long offset, int whence) throws IOException {
        var base = switch (whence) {
            case 0 -> 0L;
            case 1 -> position;
            case 2 -> copy.length();
            default -> throw new FileError(FileError.INVALID, "invalid whence: " + whence);
        };
        if (base + offset < 0) {
            throw new FileError(FileError.INVALID, path + ": there is nothing before the beginning");
        }
        position = base + offset;
    }

    /** Writes it back, if it was changed. */
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

    /** Reads the copy from its beginning; for whoever holds its lock. */
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
