package dev.sandboxer.local.host;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Runs the agent's host-side roles. */
public final class Launcher {
    /** What launch and end may take by themselves before they give up. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Nowhere, for roles that say nothing. */
    public static final File NOWHERE = Path.of("/dev/null").toFile();

    /** Ours is a little longer than theirs. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private Launcher() {}

    /**
     * Runs a role to its end with its output in a file.
     *
     * @param command the agent's executable, the role, its options
     * @param patience what the role itself was given
     * @throws ExtensionException {@code NOT_APPLIED} when it failed, having cleaned up after itself; {@code UNKNOWN} when
     *     we stopped waiting for it
     */
    public static void run(List<String> command, File output, Duration patience) {
        run(command, output, patience, () -> false);
    }

    /**
     * The same for a role that may be believed before it has ended.
     *
     * @param done asked when the role has closed its stderr, whether it has said all that it was to say
     */
    public static void run(List<String> command, File output, Duration patience, BooleanSupplier done) {
        try {
            var process = HostPrograms.process(command).redirectOutput(output).start();
            try {
                process.getOutputStream().close();
                var message = new String(process.getErrorStream().readNBytes(8192), StandardCharsets.UTF_8).strip();
                if (message.isEmpty() && done.getAsBoolean()) {
                    return;
                }
                if (!process.waitFor(patience.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly().waitFor();
                    throw ExtensionException.unknown(Kind.INTERNAL, "the launcher did not end in time", null);
                }
                if (process.exitValue() != 0) {
                    throw failure(command.get(1), message.isEmpty() ? "status " + process.exitValue() : message);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
            }
        } catch (IOException e) {
            throw new ExtensionException(
                    Kind.INTERNAL,
                    ExtensionException.Effect.NOT_APPLIED,
                    null,
                    "can't start " + command.get(0) + ": " + e.getMessage(),
                    e);
        }
    }

    private static ExtensionException failure(String role, String message) {
        var code = message.contains(":") ? message.substring(0, message.indexOf(':')) : "";
        var kind = switch (code) {
            case "no_space", "no_loop_device" -> Kind.CAPACITY;
            case "bwrap_missing", "userns" -> Kind.UNSUPPORTED;
            case "image" -> Kind.INVALID;
            case "gone" -> Kind.GONE;
            case "timeout" -> Kind.TRANSIENT;
            default -> Kind.INTERNAL;
        };
        var what = switch (role) {
            case "launch" -> "the sandbox did not start: ";
            case "end" -> "the sandbox was not ended: ";
            default -> "the sandbox's disk was not copied: ";
        };
        return ExtensionException.notApplied(kind, what + message);
    }
}
