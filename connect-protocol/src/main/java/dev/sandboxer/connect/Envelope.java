package dev.sandboxer.connect;

/**
 * One message of a stream.
 *
 * @param end true if this is the stream's last envelope, which carries the outcome: see {@link ConnectError#ofEndOfStream}
 * @param content the message itself, not copied
 */
public record Envelope(boolean end, byte[] content) {
    /** Bytes before the content: flags, then the length, big-endian. */
    static final int HEADER_BYTES = 5;

    static final int COMPRESSED = 1;
    static final int END = 2;
}
