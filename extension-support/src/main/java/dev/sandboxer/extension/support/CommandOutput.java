package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The standard output of a command as a sequence of bytes, its exit status, and the first 64 KiB of its standard error. Not thread-safe.
 */
final class CommandOutput implements AutoCloseable {
    private static final int MAX_ERROR_BYTES = 64 << 10;

    private final Execution execution;
    private final String activity;
    private final @Nullable Duration silence;
    private @Nullable Long end;
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private byte[] piece = new byte[0];
    private int at;
    private ProcessEvent.@Nullable Exited exited;

    /**
     * @param activity the purpose of the command, for messages, as in "listing /x"
     * @param silence the longest wait for more output; null = no limit
     * @param limit the time limit for the whole command
     */
    CommandOutput(Execution execution, String activity, @Nullable Duration silence, Duration limit) {
        this.execution = execution;
        this.activity = activity;
        this.silence = silence;
        this.end = System.nanoTime() + limit.toNanos();
    }

    /** Removes the time limit for the whole command. Each wait for output remains limited. */
    void liftLimit() {
        end = null;
    }

    /** Reads available bytes, waiting for the first one. Returns -1 at the end of the command. */
    int read(byte[] buffer, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        var count = Math.min(length, available());
        System.arraycopy(piece, at, buffer, offset, count);
        at += count;
        return count;
    }

    /** Returns the number of bytes that can be read without waiting. */
    int available() {
        return piece.length - at;
    }

    /**
     * Reads the bytes up to the next {@code end} byte, and skips that byte.
     *
     * @throws OperationException when the command ends first, or more than {@code most} bytes come first
     */
    byte[] readUntil(int end, int most) {
        var field = new ByteArrayOutputStream();
        while (true) {
            if (!fill()) {
                throw failure();
            }
            var stop = at;
            while (stop < piece.length && piece[stop] != end) {
                stop++;
            }
            if (field.size() + stop - at > most) {
                throw unexpected();
            }
            field.write(piece, at, stop - at);
            at = Math.min(stop + 1, piece.length);
            if (stop < piece.length) {
                return field.toByteArray();
            }
        }
    }

    /** Reads all bytes to the end of the command. */
    byte[] readAll(int most) {
        var rest = new ByteArrayOutputStream();
        while (fill()) {
            rest.write(piece, at, available());
            at = piece.length;
            if (rest.size() > most) {
                throw new OperationException(Reason.LIMIT, activity + ": the output is longer than " + most + " bytes");
            }
        }
        return rest.toByteArray();
    }

    /** Waits for more output or the end of the command. Returns true at the end. */
    boolean isAtEnd() {
        return !fill();
    }

    /** Waits for the end of the command. Throws if more output comes first or the command failed. */
    void requireSuccess() {
        if (!isAtEnd()) {
            throw unexpected();
        }
        if (status() != 0) {
            throw failure();
        }
    }

    /** Waits for more bytes if none is available. Returns false at the end of the command. */
    private boolean fill() {
        while (at == piece.length && exited == null) {
            switch (next()) {
                case ProcessEvent.Output(var channel, var bytes) -> {
                    if (channel == Channel.STDERR) {
                        errors.write(bytes, 0, Math.min(bytes.length, MAX_ERROR_BYTES - errors.size()));
                    } else {
                        piece = bytes;
                        at = 0;
                    }
                }
                case ProcessEvent.Exited end -> exited = end;
            }
        }
        return at < piece.length;
    }

    private ProcessEvent next() {
        try {
            var event = execution.next(timeout());
            if (event == null) {
                throw ExtensionException.unknown(Kind.TRANSIENT, activity + ": the sandbox did not answer", null);
            }
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
        }
    }

    private @Nullable Duration timeout() {
        if (end == null) {
            return silence;
        }
        var left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
        return silence == null || left.compareTo(silence) < 0 ? left : silence;
    }

    /** Returns true if the end of the command has been read. */
    boolean hasEnded() {
        return exited != null;
    }

    /** Returns the exit status as a shell reports it. Valid only after the end. */
    int status() {
        if (exited == null) {
            throw new IllegalStateException("the command has not ended");
        }
        return exited.status();
    }

    /** Returns the first 64 KiB of the standard error read so far. */
    String errors() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    /** Creates the exception for a command that ended before its output was complete. Valid only after the end. */
    OperationException failure() {
        return status() == 0 ? unexpected() : ErrorText.refusal(activity, status(), errors());
    }

    /** Creates the exception for malformed output. */
    OperationException unexpected() {
        return new OperationException(Reason.IO, activity + ": the sandbox returned unexpected output");
    }

    @Override
    public void close() {
        execution.close();
    }
}
