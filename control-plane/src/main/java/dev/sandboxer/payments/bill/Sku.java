package dev.sandboxer.payments.bill;

import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.rates.Meter;
import org.jspecify.annotations.Nullable;

/**
 * What is sold by the unit. Ids name no price list and no consumer: FOCUS wants them to stay when prices change, and to be the
 * same for all who buy. The list stands in a column of its own.
 *
 * @param id such as {@code ext.e2b/cpu}
 * @param priceId the id and what else its price depends on, such as {@code ext.modal/gpu/H100/us-east}
 * @param meter what is measured, for people
 * @param details of one unit, as JSON object; null = nothing to say
 */
record Sku(
        String id, String priceId, String meter, @Nullable String details) {
    /** Prepaid credits, one for each unit of the billing currency. */
    static final Sku CREDITS = new Sku("credits", "credits", "Credits", null);

    private static final String BETWEEN = "/";

    static Sku of(ChargeLine.Subject subject, Meter meter) {
        var id = subject.extension() + BETWEEN + meter.text();
        var region = subject.region() == null ? "" : BETWEEN + subject.region();
        return switch (meter) {
            case CPU -> new Sku(id, id + region, "CPU Time", "{\"CoreCount\":1}");
            case MEMORY -> new Sku(id, id + region, "Memory Time", "{\"MemorySize\":1}");
            case GPU -> gpu(id, region, subject.size());
            case CREATION -> new Sku(id, id, "Sandbox Creations", null);
            case PLATFORM_FEE -> new Sku(id, id + BETWEEN + text(subject.size()) + region, "Platform Fee", null);
        };
    }

    /** One of several acceptable types is a good of its own: its price is that of the dearest. */
    private static Sku gpu(String id, String region, SandboxSize size) {
        var gpu = size.gpu();
        var types = gpu == null ? "" : String.join("|", gpu.types());
        var full = id + BETWEEN + types;
        return new Sku(full, full + region, "GPU Time", "{\"GpuCount\":1,\"x_GpuType\":" + Json.quoted(types) + "}");
    }

    /** The fee is a share of the backend's price, so it depends on the size. */
    private static String text(SandboxSize size) {
        var gpu = size.gpu();
        return size.cpuMillis() + "mCPU-" + size.memoryMiB() + "MiB"
                + (gpu == null ? "" : "-" + gpu.count() + "x" + String.join("|", gpu.types()));
    }
}
