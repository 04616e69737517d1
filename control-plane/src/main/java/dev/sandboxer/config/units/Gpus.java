package dev.sandboxer.config.units;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.profiles.Spelling;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * GPUs as people write them: {@code T4}, {@code A100-80GB:2} for two, {@code H100,A100-80GB:2} for two of the first type that
 * is available.
 */
public final class Gpus {
    private static final Pattern FORM = Pattern.compile(
            "([A-Za-z0-9][A-Za-z0-9._+!-]*(?:,[A-Za-z0-9][A-Za-z0-9._+!-]*)*)" + "(?::([1-9][0-9]{0,2}))?");

    private Gpus() {}

    /**
     * Reads a number of GPUs and their acceptable types.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong
     */
    public static Gpu parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            throw refused(text);
        }
        List<String> types = Arrays.asList(match.group(1).split(","));
        if (types.stream().distinct().count() < types.size()) {
            throw refused(text);
        }
        return new Gpu(match.group(2) == null ? 1 : Integer.parseInt(match.group(2)), types);
    }

    /** Returns the text that {@link #parse} reads as these GPUs. */
    public static String format(Gpu gpu) {
        return String.join(",", gpu.types()) + (gpu.count() == 1 ? "" : ":" + gpu.count());
    }

    private static SandboxException refused(String text) {
        return new SandboxException(
                ErrorCode.INVALID_ARGUMENT,
                Spelling.quoted(text) + " does not name GPUs (examples: T4, A100-80GB:2, H100,A100-80GB)");
    }
}
