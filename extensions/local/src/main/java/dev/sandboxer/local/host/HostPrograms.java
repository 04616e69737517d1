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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

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
     * @param limit a program that runs longer is killed, and fails
     * @param highestStatus the highest exit status that still counts as success
     * @return its standard output and standard error
     */
    public static String run(List<String> command, Map<String, String> env, Duration limit, int highestStatus)
            throws IOException {
        var builder = builder(command).redirectErrorStream(true);
        builder.environment().putAll(env);
        var process = builder.start();
        var reading = new FutureTask<>(() -> process.getInputStream().readAllBytes());
        try {
            process.getOutputStream().close();
            Thread.ofVirtual().name("output of " + command.getFirst()).start(reading);
            var giveUpAt = System.nanoTime() + limit.toNanos();
            // limits the wait: the program may be silent, or its child may keep the output open
            var output = new String(reading.get(limit.toNanos(), TimeUnit.NANOSECONDS), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(giveUpAt - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw tooSlow(command, limit, null);
            }
            if (process.exitValue() > highestStatus) {
                throw new IOException(command.getFirst() + " failed: " + output);
            }
            return output;
        } catch (TimeoutException e) {
            throw tooSlow(command, limit, e);
        } catch (ExecutionException e) {
            throw new IOException("can't read the output of " + command.getFirst() + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + command.getFirst() + " was running");
        } finally {
            process.destroyForcibly();
        }
    }

    private static IOException tooSlow(List<String> command, Duration limit, @Nullable Exception cause) {
        return new IOException(
                command.getFirst() + " was killed, because it had not ended after " + limit.toSeconds() + " s", cause);
    }
}
