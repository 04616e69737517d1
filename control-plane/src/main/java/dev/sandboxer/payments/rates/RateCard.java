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
 * @param version the card's name; never used for another card
 * @param from when the card takes effect
 * @param cpuSecond price of one CPU for one second
 * @param memoryGiBSecond price of one GiB for one second
 * @param gpuSecond price of one GPU for one second, by type in the backend's own terms
 * @param regionFactor multiplies all prices but the creation's when a request names a region; by region in the backend's own terms.
 *     {@value #OTHER_REGIONS} stands for all regions that are not listed; without it their factor is 1
 * @param creation price of each sandbox, however long it lives
 * @param network prices of bytes received and sent
 */
public record RateCard(
        String version,
        ExtensionId extension,
        Instant from,
        BigDecimal cpuSecond,
        BigDecimal memoryGiBSecond,
        Map<String, BigDecimal> gpuSecond,
        Map<String, BigDecimal> regionFactor,
        BigDecimal creation,
        Network network) {
    /** Stands for all regions that a card doesn't list. */
    static final String OTHER_REGIONS = "*";

    /**
     * Prices of one GiB.
     *
     * @param inGiB received by a sandbox
     * @param outGiB sent by a sandbox
     */
    public record Network(BigDecimal inGiB, BigDecimal outGiB) {
        public static final Network FREE = new Network(BigDecimal.ZERO, BigDecimal.ZERO);

        boolean isFree() {
            return inGiB.signum() == 0 && outGiB.signum() == 0;
        }
    }

    /** Creates a card with a free network. */
    public RateCard(
            String version,
            ExtensionId extension,
            Instant from,
            BigDecimal cpuSecond,
            BigDecimal memoryGiBSecond,
            Map<String, BigDecimal> gpuSecond,
            Map<String, BigDecimal> regionFactor,
            BigDecimal creation) {
        this(version, extension, from, cpuSecond, memoryGiBSecond, gpuSecond, regionFactor, creation, Network.FREE);
    }

    public RateCard {
        gpuSecond = Collections.unmodifiableSortedMap(new TreeMap<>(gpuSecond));
        regionFactor = Collections.unmodifiableSortedMap(new TreeMap<>(regionFactor));
    }

    /**
     * Returns the backend's own prices for a sandbox.
     *
     * @param gpu null = no GPU
     * @param region null = none was asked for
     * @return empty if the card lacks the price of a GPU type that the sandbox may get
     */
    Optional<Map<Meter, BigDecimal>> prices(@Nullable Gpu gpu, @Nullable String region) {
        var factor = factor(region);
        var prices = new EnumMap<Meter, BigDecimal>(Meter.class);
        prices.put(Meter.CPU, cpuSecond.multiply(factor));
        prices.put(Meter.MEMORY, memoryGiBSecond.multiply(factor));
        if (creation.signum() != 0) {
            prices.put(Meter.CREATION, creation);
        }
        if (!network.isFree()) {
            prices.put(Meter.NETWORK_IN, network.inGiB().multiply(factor));
            prices.put(Meter.NETWORK_OUT, network.outGiB().multiply(factor));
        }
        if (gpu != null) {
            if (!gpuSecond.keySet().containsAll(gpu.types())) {
                return Optional.empty();
            }
            prices.put(Meter.GPU, highestPrice(gpu).multiply(factor));
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
                && network.isFree()
                && gpuSecond.values().stream().allMatch(price -> price.signum() == 0);
    }

    /** Returns the highest price of the acceptable types, since the type is not known in advance. */
    private BigDecimal highestPrice(Gpu gpu) {
        return gpu.types().stream()
                .map(gpuSecond::get)
                .max(BigDecimal::compareTo)
                .orElseThrow();
    }
}
