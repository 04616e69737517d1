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
 * The standard output of a command as a sequence of bytes, and how it ended. The beginning of its errors is kept. Used by one
 * thread.
 */
final class CommandOutput implements AutoCloseable {
    private static final int MOST_ERRORS = 64 << 10;

    private final Execution execution;
    private final String doing;
    private final @Nullable Duration silence;
    private @Nullable Long end;
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private byte[] piece = new byte[0];
    private int at;
    private ProcessEvent.@Nullable Exited exited;

    /**
     * @param doing what it does, for messages, as in "listing /x"
     * @param silence how long it may say nothing while it is read; null = as long as it likes
     * @param limit how long it may take in all
     */
    CommandOutput(Execution execution, String doing, @Nullable Duration silence, Duration limit) {
        this.execution = execution;
        this.doing = doing;
        this.silence = silence;
        this.end = System.nanoTime() + limit.toNanos();
    }

    /** From now on it may take as long as it likes, but say nothing for no longer than before. */
    void liftLimit() {
        end = null;
    }

    /** Reads what there is, waiting for a first byte; -1 at the end of the command. */
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

    /** Bytes that can be read without waiting. */
    int available() {
        return piece.length - at;
    }

    /**
     * The bytes before the next one that is {@code end}, which is read too.
     *
     * @throws OperationException when the command ends before, or says more than {@code most}
     */
    byte[] until(int end, int most) {
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
                throw strange();
            }
            field.write(piece, at, stop - at);
            at = Math.min(stop + 1, piece.length);
            if (stop < piece.length) {
                return field.toByteArray();
            }
        }
    }

    /** Everything to the end of the command. */
    byte[] rest(int most) {
        var rest = new ByteArrayOutputStream();
        while (fill()) {
            rest.write(piece, at, available());
            at = piece.length;
            if (rest.size() > most) {
                throw new OperationException(Reason.LIMIT, doing + ": the sandbox says too much");
            }
        }
        return rest.toByteArray();
    }

    /** Whether nothing follows. Waits for it. */
    boolean isAtEnd() {
        return !fill();
    }

    /** Waits for the end of the command, which has nothing more to say. */
    void requireSuccess() {
        if (!isAtEnd()) {
            throw strange();
        }
        if (status() != 0) {
            throw failure();
        }
    }

    /** Makes more bytes available when there are none. */
    private boolean fill() {
        while (at == piece.length && exited == null) {
            switch (next()) {
                case ProcessEvent.Output(var channel, var bytes) -> {
                    if (channel == Channel.STDERR) {
                        errors.write(bytes, 0, Math.min(bytes.length, MOST_ERRORS - errors.size()));
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
                throw ExtensionException.unknown(Kind.TRANSIENT, doing + ": the sandbox did not answer", null);
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

    /** Whether the end of the command has been read. */
    boolean hasEnded() {
        return exited != null;
    }

    /** How it ended, as a shell reports it. Only at the end. */
    int status() {
        if (exited == null) {
            throw new IllegalStateException("the command has not ended");
        }
        return exited.status();
    }

    /** The beginning of its errors until now. */
    String errors() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    /** Why it ended before it said all; only at the end. */
    OperationException failure() {
        return status() == 0 ? strange() : ErrorText.refusal(doing, status(), errors());
    }

    /** For an answer that no tool gives that does as it should. */
    OperationException strange() {
        return new OperationException(Reason.IO, doing + ": the sandbox answers strangely");
    }

    @Override
    public void close() {
        execution.close();
    }
}
