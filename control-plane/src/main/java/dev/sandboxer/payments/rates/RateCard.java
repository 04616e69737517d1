package dev.sandboxer.payments.rates;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
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
 * @param regionFactor by which all of it is multiplied in some regions
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
    private static final BigDecimal MILLIS = new BigDecimal(1000);
    private static final BigDecimal MIB_PER_GIB = new BigDecimal(1024);
    private static final int MILLIS_SCALE = 3;

    public RateCard {
        gpuSecond = Collections.unmodifiableSortedMap(new TreeMap<>(gpuSecond));
        regionFactor = Collections.unmodifiableSortedMap(new TreeMap<>(regionFactor));
    }

    /**
     * What a sandbox costs at most for that long, its creation included.
     *
     * @return empty when the card has no price for a GPU or region that it may get
     */
    public Optional<Money> worstCase(SandboxSize size, @Nullable String region, Duration length) {
        var seconds = BigDecimal.valueOf(length.toMillis(), MILLIS_SCALE);
        return perSecond(size, region)
                .map(rate -> Money.atLeast(rate.multiply(seconds).add(creation)));
    }

    /** What a sandbox costs at most for each hour, beside its creation; empty as in {@link #worstCase}. */
    public Optional<Money> perHour(SandboxSize size, @Nullable String region) {
        return perSecond(size, region)
                .map(rate -> Money.atLeast(
                        rate.multiply(BigDecimal.valueOf(Duration.ofHours(1).toSeconds()))));
    }

    private Optional<BigDecimal> perSecond(SandboxSize size, @Nullable String region) {
        // exact: thousandths and 1024ths have finite decimals
        var cpu = cpuSecond.multiply(BigDecimal.valueOf(size.cpuMillis())).divide(MILLIS);
        var memory =
                memoryGiBSecond.multiply(BigDecimal.valueOf(size.memoryMiB())).divide(MIB_PER_GIB);
        return gpus(size.gpu()).map(gpu -> cpu.add(memory).add(gpu).multiply(factor(region)));
    }

    /** The dearest of the acceptable types. */
    private Optional<BigDecimal> gpus(@Nullable Gpu gpu) {
        if (gpu == null) {
            return Optional.of(BigDecimal.ZERO);
        }
        return gpuSecond.keySet().containsAll(gpu.types())
                ? gpu.types().stream()
                        .map(gpuSecond::get)
                        .max(BigDecimal::compareTo)
                        .map(one -> one.multiply(BigDecimal.valueOf(gpu.count())))
                : Optional.empty();
    }

    private BigDecimal factor(@Nullable String region) {
        return region == null ? BigDecimal.ONE : regionFactor.getOrDefault(region, BigDecimal.ONE);
    }
}
