package dev.sandboxer.extension.feature;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A backend whose service reports its own usage figures and prices; {@link Capability#ACCOUNTING}. Both are shown for comparison only:
 * sand-boxer's charges don't depend on them.
 */
public interface Accounting {
    /**
     * Returns the usage of a sandbox as measured by the service.
     *
     * @param sandbox the backend's id of the sandbox
     * @return the usage since the sandbox was created; empty when the service doesn't report it
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended
     */
    Optional<Usage> usage(BackendRef sandbox);

    /**
     * Returns the current prices of this account.
     *
     * @return prices by item, both in the service's own notation; empty when the service doesn't report them
     */
    Map<String, String> rates();

    /**
     * The usage of one sandbox as measured by its service.
     *
     * @param cpu CPU time: two cores used for a second count as two seconds
     * @param memoryGibSeconds memory in GiB times seconds
     * @param gpu GPU time: two GPUs used for a second count as two seconds
     * @param gpuType the GPUs' type in the service's terms; null = no GPU, or the service doesn't report it
     */
    record Usage(
            Duration cpu,
            BigDecimal memoryGibSeconds,
            Duration gpu,
            @Nullable String gpuType) {}
}
