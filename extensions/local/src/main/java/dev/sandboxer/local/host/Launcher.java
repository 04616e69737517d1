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

/** Runs the agent's executable in one of its roles on the host: launch, end, snapshot or network. */
public final class Launcher {
    /** Time limit of the roles launch and end. */
    public static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** The output file of roles without output. */
    public static final File NO_OUTPUT = Path.of("/dev/null").toFile();

    /** Extra time to wait for a role after its own timeout. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private Launcher() {}

    /**
     * Runs a role to its end.
     *
     * @param command the agent's executable, the role, its options
     * @param output where its standard output goes
     * @param timeout the timeout in the role's options
     * @throws ExtensionException {@code NOT_APPLIED} when the role failed, after which it has cleaned up; {@code UNKNOWN}
     *     when it did not end in time
     */
    public static void run(List<String> command, File output, Duration timeout) {
        run(command, output, timeout, () -> false);
    }

    /**
     * Like {@link #run(List, File, Duration)}, but may return before the role has ended.
     *
     * @param done asked once the role has closed its standard error; if it returns true, the output is complete and this method returns
     */
    public static void run(List<String> command, File output, Duration timeout, BooleanSupplier done) {
        try {
            var process = HostPrograms.builder(command).redirectOutput(output).start();
            try {
                process.getOutputStream().close();
                var message = new String(process.getErrorStream().readNBytes(8192), StandardCharsets.UTF_8).strip();
                if (message.isEmpty() && done.getAsBoolean()) {
                    return;
                }
                if (!process.waitFor(timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)) {
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
            case "no_space", "no_loop_device", "no_ids" -> Kind.CAPACITY;
            case "bwrap_missing", "userns", "no_idmap", "network" -> Kind.UNSUPPORTED;
            case "image" -> Kind.INVALID;
            case "gone" -> Kind.GONE;
            case "timeout" -> Kind.TRANSIENT;
            default -> Kind.INTERNAL;
        };
        var what = switch (role) {
            case "launch" -> "the sandbox did not start: ";
            case "end" -> "the sandbox was not ended: ";
            case "network" -> "the sandbox's network rules were not changed: ";
            default -> "the sandbox's disk was not copied: ";
        };
        return ExtensionException.notApplied(kind, what + message);
    }
}
