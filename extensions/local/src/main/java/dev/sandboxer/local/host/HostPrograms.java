package dev.sandboxer.local.host;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Finds and runs programs of this host. */
public final class HostPrograms {
    private HostPrograms() {}

    /** Returns the first executable with this name in PATH, or else in the directories of an administrator's PATH. */
    public static Optional<Path> find(String name) {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/sbin:/sbin:/usr/bin:/bin";
        for (String directory : path.split(File.pathSeparator, -1)) {
            var candidate = Path.of(directory.isEmpty() ? "." : directory, name).toAbsolutePath();
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** Returns a process builder whose environment has only PATH, because this process's may contain keys of cloud accounts. */
    static ProcessBuilder builder(List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(Set.of("PATH"));
        return builder;
    }

    /**
     * Runs a program to its end.
     *
     * @param highestStatus the highest exit status that still counts as success
     * @return its standard output and standard error
     */
    public static String run(List<String> command, Map<String, String> env, Duration limit, int highestStatus)
            throws IOException {
        var builder = builder(command).redirectErrorStream(true);
        builder.environment().putAll(env);
        var process = builder.start();
        try {
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() > highestStatus) {
                throw new IOException(command.getFirst() + " failed: " + output);
            }
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + command.getFirst() + " was running");
        } finally {
            process.destroyForcibly();
        }
    }
}
