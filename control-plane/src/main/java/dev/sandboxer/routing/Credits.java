package dev.sandboxer.routing;

import dev.sandboxer.payments.Money;
import org.jspecify.annotations.Nullable;

/** The credits that consumers can spend. */
public interface Credits {
    /** Credits without a limit for anybody. */
    Credits UNLIMITED = consumer -> null;

    /** Returns what a consumer can still set aside; null = no limit. */
    @Nullable Money available(String consumer);
}
