package dev.sandboxer.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program with little output that is run to its end. Its standard streams are pipes, never {@code /dev/null}, since some container
 * runtimes change the owner of their streams' files.
 */
public record Program(List<String> command, Map<String, String> environment) {
    private static final long TIMEOUT_S = 120;

    public Program(String... command) {
        this(List.of(command), Map.of());
    }

    public Program(List<String> command) {
        this(command, Map.of());
    }

    public Program with(String name, String value) {
        var more = new HashMap<>(environment);
        more.put(name, value);
        return new Program(command, more);
    }

    public static boolean present(String name) {
        return !where(name).isEmpty();
    }

    /** Returns the path of a program in PATH; empty if there is none. */
    public static String where(String name) {
        for (var directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            var path = Path.of(directory.isEmpty() ? "." : directory, name);
            if (java.nio.file.Files.isExecutable(path)) {
                return path.toString();
            }
        }
        return "";
    }

    /**
     * Runs the program to its end, at most two minutes.
     *
     * @return standard output and standard error
     * @throws IOException when it fails or takes too long; the message has the last line of its output
     */
    public String run() throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
                throw new IOException(command.getFirst() + " did not end within " + TIMEOUT_S + " s");
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

    /** Ends a process: with SIGTERM first, so that it can clean up, then with SIGKILL. */
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
