package dev.sandboxer.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program to run to its end. It gets pipes, never {@code /dev/null}: some container runtimes change the owner of what they
 * find there. Its output is small.
 */
record Program(List<String> command, Map<String, String> environment) {
    private static final long PATIENCE_S = 120;

    Program(String... command) {
        this(List.of(command), Map.of());
    }

    Program(List<String> command) {
        this(command, Map.of());
    }

    Program with(String name, String value) {
        var more = new HashMap<>(environment);
        more.put(name, value);
        return new Program(command, more);
    }

    static boolean present(String name) {
        return !where(name).isEmpty();
    }

    /** Where it is in PATH, or nothing. */
    static String where(String name) {
        for (var directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            var path = Path.of(directory.isEmpty() ? "." : directory, name);
            if (java.nio.file.Files.isExecutable(path)) {
                return path.toString();
            }
        }
        return "";
    }

    /**
     * @return its output, both kinds
     * @throws IOException when it fails, with its last line
     */
    String run() throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                throw new IOException(command.getFirst() + " did not end within " + PATIENCE_S + " s");
            }
        } catch (IOException | InterruptedException e) {
            end(process);
            throw e;
        }
        var in = process.getInputStream();
        var output = new String(in.readNBytes(in.available()), StandardCharsets.UTF_8).strip();
        if (process.exitValue() != 0) {
            throw new IOException(Path.of(command.getFirst()).getFileName() + " failed (" + process.exitValue() + "): "
                    + output.substring(output.lastIndexOf('\n') + 1));
        }
        return output;
    }

    /** Politely first, so that it can clean up after itself. */
    private static void end(Process process) {
        process.destroy();
        var interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
