package dev.sandboxer.routing;

import dev.sandboxer.payments.Money;
import org.jspecify.annotations.Nullable;

/** What consumers can pay. */
public interface Credits {
    /** Nobody has a limit. */
    Credits UNLIMITED = consumer -> null;

    /** What a consumer can still set aside; null = as much as it likes. */
    @Nullable Money available(String consumer);
}
