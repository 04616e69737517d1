package dev.sandboxer.local;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the agent's host-side roles. */
final class Launcher {
    /** What launch and end may take by themselves before they give up; ours is a little longer. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private Launcher() {}

    /**
     * Runs a role to its end with its output in a file.
     *
     * @throws ExtensionException {@code NOT_APPLIED} when it failed, having cleaned up after itself; {@code UNKNOWN} when
     *     we stopped waiting for it
     */
    static void run(List<String> command, File output) {
        try {
            var process = new ProcessBuilder(command).redirectOutput(output).start();
            try {
                process.getOutputStream().close();
                var message = new String(process.getErrorStream().readNBytes(8192), StandardCharsets.UTF_8).strip();
                if (!process.waitFor(PATIENCE.toSeconds() + 5, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw ExtensionException.unknown(Kind.INTERNAL, "the launcher did not end in time", null);
                }
                if (process.exitValue() != 0) {
                    throw failure(message);
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

    private static ExtensionException failure(String message) {
        var code = message.contains(":") ? message.substring(0, message.indexOf(':')) : "";
        var kind = switch (code) {
            case "no_space", "no_loop_device" -> Kind.CAPACITY;
            case "bwrap_missing", "userns" -> Kind.UNSUPPORTED;
            case "timeout" -> Kind.TRANSIENT;
            default -> Kind.INTERNAL;
        };
        return ExtensionException.notApplied(kind, "the sandbox did not start: " + message);
    }

    /** Nowhere, for roles that say nothing. */
    static final File NOWHERE = Path.of("/dev/null").toFile();
}
