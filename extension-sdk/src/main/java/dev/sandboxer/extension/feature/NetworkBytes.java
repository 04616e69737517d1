package dev.sandboxer.extension.feature;

/**
 * The number of bytes that a sandbox has received and sent over its network, including the headers of all layers.
 *
 * @param in the bytes received
 * @param out the bytes sent
 */
public record NetworkBytes(long in, long out) {
    /** No bytes: the sandbox has no network, or has sent and received nothing. */
    public static final NetworkBytes NONE = new NetworkBytes(0, 0);

    /**
     * Adds both directions.
     *
     * @param more the bytes to add
     * @return the sums
     */
    public NetworkBytes plus(NetworkBytes more) {
        return new NetworkBytes(in + more.in, out + more.out);
    }

    /**
     * Subtracts both directions.
     *
     * @param less the bytes to subtract
     * @return the differences
     */
    public NetworkBytes minus(NetworkBytes less) {
        return new NetworkBytes(in - less.in, out - less.out);
    }
}
