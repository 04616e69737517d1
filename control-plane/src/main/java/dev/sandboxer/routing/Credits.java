package dev.sandboxer.routing;

import dev.sandboxer.payments.Money;
import org.jspecify.annotations.Nullable;

/** The credits that consumers can spend. */
public interface Credits {
    /** Gives every consumer credit without a limit. */
    Credits UNLIMITED = consumer -> null;

    /** Returns the most that can still be held for a consumer; null = no limit. */
    @Nullable Money available(String consumer);
}
