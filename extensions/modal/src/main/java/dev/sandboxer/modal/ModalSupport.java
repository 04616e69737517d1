package dev.sandboxer.modal;

import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.modal.control.Lifetime;
import java.util.Optional;
import java.util.regex.Pattern;

/** Decides without a call whether Modal can honour a request. */
final class ModalSupport {
    /** The disk that every sandbox has. Modal bills a larger one as memory. */
    private static final int DISK_MIB = 512 << 10;

    private static final Pattern IMAGE_ID = Pattern.compile("im-[A-Za-z0-9_-]{1,100}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int MAX_REGION_LENGTH = 100;

    private ModalSupport() {}

    static Support of(SandboxSpec spec) {
        return unsupportedReason(spec).<Support>map(Support.Unsupported::new).orElseGet(Support.Supported::new);
    }

    private static Optional<String> unsupportedReason(SandboxSpec spec) {
        if (spec.source() instanceof Source.Template(var name)
                && !IMAGE_ID.matcher(name).matches()) {
            return Optional.of(
                    "has no template \"" + name.replaceAll("\\p{Cntrl}", "?") + "\"; give an image of a registry"
                            + " (image:debian:13) or the id of one of Modal's images (im-...)");
        }
        if (spec.size().diskMiB() > DISK_MIB) {
            return Optional.of("has disks of 512 GiB, not of " + spec.size().diskMiB() + " MiB");
        }
        var variable = spec.env().keySet().stream()
                .filter(name -> !VARIABLE.matcher(name).matches())
                .sorted()
                .findFirst();
        if (variable.isPresent()) {
            return Optional.of("allows no variable named \"" + variable.get().replaceAll("\\p{Cntrl}", "?")
                    + "\"; use letters, digits and '_'");
        }
        if (spec.region() != null && spec.region().length() > MAX_REGION_LENGTH) {
            return Optional.of("has no region names longer than 100 characters");
        }
        if (spec.idleTimeout() != null && spec.idleTimeout().compareTo(Lifetime.MAX_TTL) > 0) {
            return Optional.of("has no idle timeouts above 24 hours");
        }
        return spec.size().gpu() == null
                ? Optional.empty()
                : GpuTypes.unsupportedReason(spec.size().gpu());
    }
}
