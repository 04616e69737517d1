package dev.sandboxer.extension.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import java.util.Arrays;
import java.util.Map;

/**
 * The output of a process, from attaching to it until its end, and its exit.
 *
 * @param output the bytes of each channel
 * @param exited its exit
 */
public record CapturedOutput(Map<Channel, byte[]> output, Exited exited) {
    /**
     * {@return the bytes of one channel}
     *
     * @param channel the channel
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
     * Returns the output of the terminal as UTF-8.
     *
     * @return the text, with the terminal's line ends ({@code \r\n})
     */
    public String screen() {
        return new String(bytes(Channel.PTY), UTF_8);
    }

    /** {@return the status as a shell reports it: the exit code, or 128 plus the signal} */
    public int status() {
        return exited.status();
    }

    /**
     * Returns the standard output of a command that has to succeed.
     *
     * @return standard output as UTF-8, without leading and trailing white space
     * @throws AssertionError when the status is not 0
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
