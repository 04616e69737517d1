package dev.sandboxer.http.modal.control;

import dev.sandboxer.extension.spec.Gpu;
import java.util.Set;

/** The GPU types that Modal documents. A request for any other type is refused as invalid if no backend has the type. */
final class GpuTypes {
    private static final Set<String> KNOWN = Set.of(
            "T4",
            "L4",
            "A10",
            "A10G",
            "L40S",
            "A100",
            "A100-40GB",
            "A100-80GB",
            "RTX-PRO-6000",
            "H100",
            "H100!",
            "H200",
            "B200",
            "B200+",
            "B300");

    private GpuTypes() {}

    static boolean isKnown(Gpu gpu) {
        return KNOWN.containsAll(gpu.types());
    }
}
