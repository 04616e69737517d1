package dev.sandboxer.payments.rates;

import dev.sandboxer.extension.feature.NetworkBytes;

/**
 * The measured use of one sandbox. Its size, which is fixed, is not part of it.
 *
 * @param millis how long it ran
 * @param network bytes received and sent
 */
public record MeteredUse(long millis, NetworkBytes network) {
    public static final MeteredUse NONE = ofTime(0);

    /** Returns the use of a sandbox that ran for this long and used no network. */
    public static MeteredUse ofTime(long millis) {
        return new MeteredUse(millis, NetworkBytes.NONE);
    }

    public MeteredUse plus(MeteredUse more) {
        return new MeteredUse(millis + more.millis, network.plus(more.network));
    }
}
