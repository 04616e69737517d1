package dev.sandboxer.payments.rates;

import dev.sandboxer.extension.spec.SandboxSize;
import java.math.BigDecimal;
import java.util.Locale;

/** What is measured of a sandbox, and priced by the unit. */
public enum Meter {
    /** CPUs, while it runs. */
    CPU("Core-Seconds") {
        @Override
        public BigDecimal quantity(SandboxSize size, long millis) {
            return BigDecimal.valueOf(Math.multiplyExact(size.cpuMillis(), millis), 2 * THOUSANDTHS);
        }
    },
    /** Memory, while it runs. */
    MEMORY("GiB-Seconds") {
        @Override
        public BigDecimal quantity(SandboxSize size, long millis) {
            // exact: 1024 has a finite decimal
            return BigDecimal.valueOf(Math.multiplyExact(size.memoryMiB(), millis), THOUSANDTHS)
                    .divide(MIB_PER_GIB);
        }
    },
    /** GPUs, while it runs. */
    GPU("GPU-Seconds") {
        @Override
        public BigDecimal quantity(SandboxSize size, long millis) {
            var gpu = size.gpu();
            return gpu == null
                    ? BigDecimal.ZERO
                    : BigDecimal.valueOf(Math.multiplyExact(gpu.count(), millis), THOUSANDTHS);
        }
    },
    /** Each sandbox, once, when it begins to run. */
    CREATION("Sandboxes") {
        @Override
        public BigDecimal quantity(SandboxSize size, long millis) {
            return BigDecimal.ONE;
        }
    },
    /** The platform's own fee for a sandbox on its consumer's credential, while it runs. */
    PLATFORM_FEE("Seconds") {
        @Override
        public BigDecimal quantity(SandboxSize size, long millis) {
            return BigDecimal.valueOf(millis, THOUSANDTHS);
        }
    };

    private static final int THOUSANDTHS = 3;
    private static final BigDecimal MIB_PER_GIB = new BigDecimal(1024);

    private final String unit;
    private final String text;

    Meter(String unit) {
        this.unit = unit;
        this.text = name().toLowerCase(Locale.ROOT);
    }

    /** What a price is for one of, in the words of FOCUS. */
    public String unit() {
        return unit;
    }

    /** How many units a sandbox of that size uses in that time, exact. */
    public abstract BigDecimal quantity(SandboxSize size, long millis);

    /** As users and rows name it, such as {@code platform_fee}. */
    public String text() {
        return text;
    }

    /** @throws IllegalArgumentException when there is none of that name */
    public static Meter of(String text) {
        for (Meter meter : values()) {
            if (meter.text.equals(text)) {
                return meter;
            }
        }
        throw new IllegalArgumentException("no meter is called " + text);
    }
}
