package dev.sandboxer.payments.rates;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.Gpu;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The prices of one extension from a day on, in the billing currency.
 *
 * @param version its name, for ever
 * @param from when it begins to hold
 * @param cpuSecond a second of one CPU
 * @param memoryGiBSecond a second of one GiB
 * @param gpuSecond a second of one GPU, by type in the backend's own terms
 * @param regionFactor by which all of it is multiplied when a region is asked for; {@value #OTHER_REGIONS} = those that are not named,
 *     which is 1 without it
 * @param creation each sandbox, however long it lives
 */
public record RateCard(
        String version,
        ExtensionId extension,
        Instant from,
        BigDecimal cpuSecond,
        BigDecimal memoryGiBSecond,
        Map<String, BigDecimal> gpuSecond,
        Map<String, BigDecimal> regionFactor,
        BigDecimal creation) {
    /** Stands for all regions that a card doesn't name. */
    static final String OTHER_REGIONS = "*";

    public RateCard {
        gpuSecond = Collections.unmodifiableSortedMap(new TreeMap<>(gpuSecond));
        regionFactor = Collections.unmodifiableSortedMap(new TreeMap<>(regionFactor));
    }

    /**
     * The backend's own prices for a sandbox.
     *
     * @param gpu null = it has none
     * @return empty when the card has no price for a GPU that it may get
     */
    Optional<Map<Meter, BigDecimal>> prices(@Nullable Gpu gpu, @Nullable String region) {
        var factor = factor(region);
        var prices = new EnumMap<Meter, BigDecimal>(Meter.class);
        prices.put(Meter.CPU, cpuSecond.multiply(factor));
        prices.put(Meter.MEMORY, memoryGiBSecond.multiply(factor));
        if (creation.signum() != 0) {
            prices.put(Meter.CREATION, creation);
        }
        if (gpu != null) {
            if (!gpuSecond.keySet().containsAll(gpu.types())) {
                return Optional.empty();
            }
            prices.put(Meter.GPU, dearest(gpu).multiply(factor));
        }
        return Optional.of(prices);
    }

    private BigDecimal factor(@Nullable String region) {
        return region == null
                ? BigDecimal.ONE
                : regionFactor.getOrDefault(region, regionFactor.getOrDefault(OTHER_REGIONS, BigDecimal.ONE));
    }

    boolean isFree() {
        return cpuSecond.signum() == 0
                && memoryGiBSecond.signum() == 0
                && creation.signum() == 0
                && gpuSecond.values().stream().allMatch(price -> price.signum() == 0);
    }

    /** Of the acceptable types: which one it gets, nobody knows before. */
    private BigDecimal dearest(Gpu gpu) {
        return gpu.types().stream()
                .map(gpuSecond::get)
                .max(BigDecimal::compareTo)
                .orElseThrow();
    }
}
