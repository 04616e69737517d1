package dev.sandboxer.payments.rates;

import dev.sandboxer.extension.spec.SandboxSize;
import java.math.BigDecimal;
import java.util.Locale;

/** A quantity that is measured for a sandbox and priced by the unit. */
public enum Meter {
    /** CPUs, while the sandbox runs. */
    CPU("Core-Seconds") {
        @Override
        public BigDecimal quantity(SandboxSize size, MeteredUsage use) {
            return BigDecimal.valueOf(Math.multiplyExact(size.cpuMillis(), use.millis()), 2 * THOUSANDTHS);
        }
    },
    /** Memory, while the sandbox runs. */
    MEMORY("GiB-Seconds") {
        @Override
        public BigDecimal quantity(SandboxSize size, MeteredUsage use) {
            // exact: a division by 1024 has a finite decimal expansion
            return BigDecimal.valueOf(Math.multiplyExact(size.memoryMiB(), use.millis()), THOUSANDTHS)
                    .divide(MIB_PER_GIB);
        }
    },
    /** GPUs, while the sandbox runs. */
    GPU("GPU-Seconds") {
        @Override
        public BigDecimal quantity(SandboxSize size, MeteredUsage use) {
            var gpu = size.gpu();
            return gpu == null
                    ? BigDecimal.ZERO
                    : BigDecimal.valueOf(Math.multiplyExact(gpu.count(), use.millis()), THOUSANDTHS);
        }
    },
    /** Bytes that the sandbox receives. */
    NETWORK_IN("GiB") {
        @Override
        public BigDecimal quantity(SandboxSize size, MeteredUsage use) {
            return gibibytes(use.network().in());
        }
    },
    /** Bytes that the sandbox sends. */
    NETWORK_OUT("GiB") {
        @Override
        public BigDecimal quantity(SandboxSize size, MeteredUsage use) {
            return gibibytes(use.network().out());
        }
    },
    /** One for each sandbox, charged when it begins to run. */
    CREATION("Sandboxes") {
        @Override
        public BigDecimal quantity(SandboxSize size, MeteredUsage use) {
            return BigDecimal.ONE;
        }
    },
    /** The platform's fee for a sandbox on its consumer's own credential, while the sandbox runs. */
    PLATFORM_FEE("Seconds") {
        @Override
        public BigDecimal quantity(SandboxSize size, MeteredUsage use) {
            return BigDecimal.valueOf(use.millis(), THOUSANDTHS);
        }
    };

    private static final int THOUSANDTHS = 3;
    private static final BigDecimal MIB_PER_GIB = new BigDecimal(1024);
    private static final BigDecimal BYTES_PER_GIB = new BigDecimal(1 << 30);

    private final String unit;
    private final String text;

    Meter(String unit) {
        this.unit = unit;
        this.text = name().toLowerCase(Locale.ROOT);
    }

    private static BigDecimal gibibytes(long bytes) {
        return BigDecimal.valueOf(bytes).divide(BYTES_PER_GIB);
    }

    /** Returns the unit that a price is for, in the words of FOCUS. */
    public String unit() {
        return unit;
    }

    /** Returns the exact number of units that a sandbox of this size has used. */
    public abstract BigDecimal quantity(SandboxSize size, MeteredUsage use);

    /** Returns the exact number of units for a sandbox that ran for so many milliseconds and used no network. */
    public final BigDecimal quantity(SandboxSize size, long millis) {
        return quantity(size, MeteredUsage.ofTime(millis));
    }

    /** Returns the name that users see and rows store, such as {@code platform_fee}. */
    public String text() {
        return text;
    }

    /** @throws IllegalArgumentException if no meter has this name */
    public static Meter of(String text) {
        for (Meter meter : values()) {
            if (meter.text.equals(text)) {
                return meter;
            }
        }
        throw new IllegalArgumentException("no meter is called " + text);
    }
}
