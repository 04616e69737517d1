package dev.sandboxer.modal;

import dev.sandboxer.extension.spec.Gpu;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The types of GPU that Modal rents, and how many of one a sandbox may have; by its documentation of November 2026. */
final class GpuTypes {
    private static final int USUAL = 8;

    private static final Map<String, Integer> MOST = new TreeMap<>(Map.ofEntries(
            Map.entry("T4", USUAL),
            Map.entry("L4", USUAL),
            Map.entry("A10", 4),
            Map.entry("L40S", USUAL),
            Map.entry("A100", USUAL),
            Map.entry("A100-40GB", USUAL),
            Map.entry("A100-80GB", USUAL),
            Map.entry("RTX-PRO-6000", USUAL),
            Map.entry("H100", USUAL),
            Map.entry("H100!", USUAL),
            Map.entry("H200", USUAL),
            Map.entry("B200", USUAL),
            Map.entry("B200+", USUAL),
            Map.entry("B300", USUAL)));

    private GpuTypes() {}

    /** Why they can't be had; empty when they can. */
    static Optional<String> reasonAgainst(Gpu gpu) {
        for (String type : gpu.types()) {
            var most = MOST.get(type);
            if (most == null) {
                return Optional.of(
                        "has no GPU of type " + type.replaceAll("\\p{Cntrl}", "?") + "; it has " + MOST.keySet());
            }
            if (gpu.count() > most) {
                return Optional.of(
                        "has at most " + most + " GPUs of type " + type + " in a sandbox, not " + gpu.count());
            }
        }
        return Optional.empty();
    }
}
