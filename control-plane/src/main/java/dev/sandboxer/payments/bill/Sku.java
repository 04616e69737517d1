package dev.sandboxer.payments.bill;

import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.rates.Meter;
import org.jspecify.annotations.Nullable;

/**
 * A good that is sold by the unit. Ids contain no rate card and no consumer, since FOCUS requires ids that survive price changes and are
 * the same for all buyers. The rate card has a column of its own.
 *
 * @param id such as {@code ext.e2b/cpu}
 * @param priceId the id and everything else that the price depends on, such as {@code ext.modal/gpu/H100/us-east}
 * @param meter name of the meter, for people
 * @param details properties of one unit as a JSON object; null = none
 */
record Sku(
        String id, String priceId, String meter, @Nullable String details) {
    /** Prepaid credits. One credit is one unit of the billing currency. */
    static final Sku CREDITS = new Sku("credits", "credits", "Credits", null);

    private static final String SEPARATOR = "/";

    static Sku of(ChargeLine.Subject subject, Meter meter) {
        var id = subject.extension() + SEPARATOR + meter.text();
        var region = subject.region() == null ? "" : SEPARATOR + subject.region();
        return switch (meter) {
            case CPU -> new Sku(id, id + region, "CPU Time", "{\"CoreCount\":1}");
            case MEMORY -> new Sku(id, id + region, "Memory Time", "{\"MemorySize\":1}");
            case GPU -> gpu(id, region, subject.size());
            case NETWORK_IN -> new Sku(id, id + region, "Network In", null);
            case NETWORK_OUT -> new Sku(id, id + region, "Network Out", null);
            case CREATION -> new Sku(id, id, "Sandbox Creations", null);
            // the fee is a percentage of the backend's price, so each size of sandbox has its own
            case PLATFORM_FEE -> new Sku(id, id + SEPARATOR + text(subject.size()) + region, "Platform Fee", null);
        };
    }

    /** A request that accepts several GPU types is a product of its own, with the price of the most expensive type. */
    private static Sku gpu(String id, String region, SandboxSize size) {
        var gpu = size.gpu();
        var types = gpu == null ? "" : String.join("|", gpu.types());
        var full = id + SEPARATOR + types;
        return new Sku(full, full + region, "GPU Time", "{\"GpuCount\":1,\"x_GpuType\":" + Json.quoted(types) + "}");
    }

    private static String text(SandboxSize size) {
        var gpu = size.gpu();
        return size.cpuMillis() + "mCPU-" + size.memoryMiB() + "MiB"
                + (gpu == null ? "" : "-" + gpu.count() + "x" + String.join("|", gpu.types()));
    }
}
