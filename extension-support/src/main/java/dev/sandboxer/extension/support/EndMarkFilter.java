package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.ProcessEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Splits one output channel of a launched process into the process's output and the launch script's exit report, which follows a mark. Not
 * thread-safe.
 */
final class EndMarkFilter {
    private static final int MAX_REPORT_BYTES = 64 << 10;
    private static final Pattern END = Pattern.compile("= (code|signal|failed) ([0-9]{1,3}) .*", Pattern.DOTALL);

    private final byte[] mark;
    /** Bytes that may belong to the mark or the report. */
    private byte[] held = new byte[0];

    private ProcessEvent.@Nullable Exited exited;

    EndMarkFilter(String mark) {
        this.mark = (mark + "=").getBytes(StandardCharsets.US_ASCII);
    }

    /** Takes more output and returns the part that certainly belongs to the process. */
    byte[] accept(byte[] piece) {
        if (exited != null) {
            return new byte[0]; // output of a child that still has the pipe open
        }
        var all = held.length == 0 ? piece : join(held, piece);
        var at = find(all);
        held = Arrays.copyOfRange(all, at, all.length);
        if (held.length >= mark.length) {
            readEnd();
        }
        return at == all.length ? all : Arrays.copyOf(all, at);
    }

    /** Returns the reported exit; null until the report is complete. */
    ProcessEvent.@Nullable Exited exited() {
        return exited;
    }

    /** Returns the bytes held back as a possible mark. Call at the end of the output, which proves that they belong to the process. */
    byte[] flush() {
        return exited != null || held.length >= mark.length ? new byte[0] : held;
    }

    private void readEnd() {
        for (int i = mark.length; i < held.length; i++) {
            if (held[i] == 0 || i > MAX_REPORT_BYTES) {
                var line = new String(held, mark.length - 1, i - mark.length + 1, StandardCharsets.UTF_8);
                var end = END.matcher(line);
                var number = end.matches() ? Integer.parseInt(end.group(2)) : 255;
                exited = end.matches() && end.group(1).equals("signal")
                        ? new ProcessEvent.Exited(-1, number, false)
                        : new ProcessEvent.Exited(number, 0, false);
                held = new byte[0];
                return;
            }
        }
    }

    /** Returns the index of the mark, or of a prefix of the mark at the very end; the length if there is neither. */
    private int find(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == mark[0]) {
                var length = Math.min(mark.length, bytes.length - i);
                if (Arrays.equals(bytes, i, i + length, mark, 0, length)) {
                    return i;
                }
            }
        }
        return bytes.length;
    }

    private static byte[] join(byte[] one, byte[] other) {
        var all = new ByteArrayOutputStream(one.length + other.length);
        all.writeBytes(one);
        all.writeBytes(other);
        return all.toByteArray();
    }
}
