package dev.sandboxer.extension.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import java.util.Arrays;
import java.util.Map;

/**
 * What a process said from when we attached to its end.
 *
 * @param output the bytes of each channel
 * @param exited how it ended
 */
public record Captured(Map<Channel, byte[]> output, Exited exited) {
    /**
     * {@return the bytes of one channel}
     *
     * @param channel which one
     */
    public byte[] bytes(Channel channel) {
        var bytes = output.get(channel);
        return bytes == null ? new byte[0] : bytes;
    }

    /** {@return standard output as UTF-8} */
    public String out() {
        return new String(bytes(Channel.STDOUT), UTF_8);
    }

    /** {@return standard error as UTF-8} */
    public String err() {
        return new String(bytes(Channel.STDERR), UTF_8);
    }

    /**
     * What a terminal shows, with its line ends as they are.
     *
     * @return text with plain line ends
     */
    public String screen() {
        return new String(bytes(Channel.PTY), UTF_8);
    }

    /** {@return the status, as a shell reports it} */
    public int status() {
        return exited.status();
    }

    /**
     * Standard output without its last line end, of a command that has to succeed.
     *
     * @return standard output without the line end
     */
    public String text() {
        if (status() != 0) {
            throw new AssertionError("the command failed: " + this);
        }
        return out().strip();
    }

    @Override
    public String toString() {
        return exited + ", stdout \"" + start(Channel.STDOUT) + "\", stderr \"" + start(Channel.STDERR)
                + "\", terminal \"" + start(Channel.PTY) + "\"";
    }

    private String start(Channel channel) {
        var bytes = bytes(channel);
        return bytes.length <= 500 ? new String(bytes, UTF_8) : new String(Arrays.copyOf(bytes, 500), UTF_8) + " ...";
    }
}
