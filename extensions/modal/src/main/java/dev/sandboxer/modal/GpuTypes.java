package dev.sandboxer.modal;

import dev.sandboxer.extension.spec.Gpu;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** GPU types that Modal offers, and how many a sandbox may have, from Modal's documentation of November 2026. */
final class GpuTypes {
    private static final int DEFAULT_LIMIT = 8;

    private static final Map<String, Integer> LIMITS = new TreeMap<>(Map.ofEntries(
            Map.entry("T4", DEFAULT_LIMIT),
            Map.entry("L4", DEFAULT_LIMIT),
            Map.entry("A10", 4),
            Map.entry("L40S", DEFAULT_LIMIT),
            Map.entry("A100", DEFAULT_LIMIT),
            Map.entry("A100-40GB", DEFAULT_LIMIT),
            Map.entry("A100-80GB", DEFAULT_LIMIT),
            Map.entry("RTX-PRO-6000", DEFAULT_LIMIT),
            Map.entry("H100", DEFAULT_LIMIT),
            Map.entry("H100!", DEFAULT_LIMIT),
            Map.entry("H200", DEFAULT_LIMIT),
            Map.entry("B200", DEFAULT_LIMIT),
            Map.entry("B200+", DEFAULT_LIMIT),
            Map.entry("B300", DEFAULT_LIMIT)));

    private GpuTypes() {}

    /** Returns why Modal can't provide these GPUs; empty when it can. */
    static Optional<String> unsupportedReason(Gpu gpu) {
        for (String type : gpu.types()) {
            var most = LIMITS.get(type);
            if (most == null) {
                return Optional.of("has no GPU of type " + type.replaceAll("\\p{Cntrl}", "?") + "; it has "
                        + String.join(", ", LIMITS.keySet()));
            }
            if (gpu.count() > most) {
                return Optional.of(
                        "has at most " + most + " GPUs of type " + type + " in a sandbox, not " + gpu.count());
            }
        }
        return Optional.empty();
    }
}
