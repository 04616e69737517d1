package dev.sandboxer.cli.sandboxes.listing;

import dev.sandboxer.extension.feature.Accounting;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A sandbox's usage as its backend has counted it, as JSON. */
record CountedView(
        BigDecimal cpuCoreSeconds,
        BigDecimal memoryGibSeconds,
        BigDecimal gpuSeconds,
        @Nullable String gpuType) {
    static @Nullable CountedView of(Accounting.@Nullable Usage usage) {
        return usage == null
                ? null
                : new CountedView(
                        seconds(usage.cpu()),
                        usage.memoryGibSeconds().stripTrailingZeros(),
                        seconds(usage.gpu()),
                        usage.gpuType());
    }

    private static BigDecimal seconds(Duration time) {
        return BigDecimal.valueOf(time.getSeconds())
                .add(BigDecimal.valueOf(time.getNano(), 9))
                .stripTrailingZeros();
    }

    String text() {
        return rounded(cpuCoreSeconds) + " core-seconds, " + rounded(memoryGibSeconds) + " GiB-seconds"
                + (gpuType == null ? "" : ", " + rounded(gpuSeconds) + " GPU-seconds of " + gpuType);
    }

    private static String rounded(BigDecimal value) {
        return value.setScale(3, RoundingMode.HALF_UP).toPlainString();
    }
}
