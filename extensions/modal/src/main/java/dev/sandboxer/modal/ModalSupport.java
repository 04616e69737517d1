package dev.sandboxer.modal;

import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import java.util.Optional;
import java.util.regex.Pattern;

/** What Modal can't honour, as far as that is known without asking it. */
final class ModalSupport {
    /** Every sandbox has it; a larger one is billed as memory. */
    private static final int DISK_MIB = 512 << 10;

    private static final Pattern IMAGE_ID = Pattern.compile("im-[A-Za-z0-9_-]{1,100}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int LONGEST_REGION = 100;

    private ModalSupport() {}

    static Support of(SandboxSpec spec) {
        return reasonAgainst(spec).<Support>map(Support.Unsupported::new).orElseGet(Support.Supported::new);
    }

    private static Optional<String> reasonAgainst(SandboxSpec spec) {
        if (spec.source() instanceof Source.Template(var name)
                && !IMAGE_ID.matcher(name).matches()) {
            return Optional.of(
                    "has no templates with names: give an image of a registry (image:debian:13) or the id of one of"
                            + " Modal's images (im-...), not \"" + name.replaceAll("\\p{Cntrl}", "?") + "\"");
        }
        if (spec.size().diskMiB() > DISK_MIB) {
            return Optional.of("has disks of 512 GiB, not of " + spec.size().diskMiB() + " MiB");
        }
        var variable = spec.env().keySet().stream()
                .filter(name -> !VARIABLE.matcher(name).matches())
                .sorted()
                .findFirst();
        if (variable.isPresent()) {
            return Optional.of("takes no variable with the name \""
                    + variable.get().replaceAll("\\p{Cntrl}", "?") + "\"; letters, digits and '_' are allowed");
        }
        if (spec.region() != null && spec.region().length() > LONGEST_REGION) {
            return Optional.of("has no region with so long a name");
        }
        return spec.size().gpu() == null
                ? Optional.empty()
                : GpuTypes.reasonAgainst(spec.size().gpu());
    }
}
