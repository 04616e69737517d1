package dev.sandboxer.payments.rates;

import dev.sandboxer.extension.feature.NetworkBytes;

/**
 * The measured use of one sandbox. Its size, which is fixed, is not part of it.
 *
 * @param millis how long it ran
 * @param network bytes received and sent
 */
public record MeteredUsage(long millis, NetworkBytes network) {
    public static final MeteredUsage NONE = ofTime(0);

    /** Returns the use of a sandbox that ran for this long and used no network. */
    public static MeteredUsage ofTime(long millis) {
        return new MeteredUsage(millis, NetworkBytes.NONE);
    }

    public MeteredUsage plus(MeteredUsage more) {
        return new MeteredUsage(millis + more.millis, network.plus(more.network));
    }
}
