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
import org.jspecify.annotations.Nullable;

/** Facts about this host and process. */
public final class HostPrograms {
    private static final boolean ROOT = uid() == 0;

    private HostPrograms() {}

    public static boolean isRoot() {
        return ROOT;
    }

    private static int uid() {
        try {
            // the link is root's, the directory it leads to is ours
            return (Integer) Files.getAttribute(Path.of("/proc/self/"), "unix:uid");
        } catch (IOException e) {
            throw new IllegalStateException("/proc is not mounted: sandboxes need it", e);
        }
    }

    /** The first executable of that name in PATH, or in the places where an administrator's PATH has it. */
    public static Optional<Path> program(String name) {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/sbin:/sbin:/usr/bin:/bin";
        for (String directory : path.split(File.pathSeparator, -1)) {
            var candidate = Path.of(directory.isEmpty() ? "." : directory, name).toAbsolutePath();
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /**
     * When a process began, in clock ticks since boot; with the pid it names a process for ever.
     *
     * @return null when there is no such process, or a dead one that nobody has waited for
     */
    public static @Nullable Long startOf(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            // the second field is a name in parentheses, which may hold anything
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            var state = fields[0];
            return state.equals("Z") || state.equals("X") ? null : Long.valueOf(fields[19]);
        } catch (IOException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    /** A program to be started, which gets nothing of our environment but the path: keys of clouds may stand there. */
    static ProcessBuilder process(List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(Set.of("PATH"));
        return builder;
    }

    /**
     * Runs a program to its end.
     *
     * @param highestStatus above this it has failed
     * @return what it said on both streams
     */
    public static String run(List<String> command, Map<String, String> env, Duration limit, int highestStatus)
            throws IOException {
        var builder = process(command).redirectErrorStream(true);
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
            throw new InterruptedIOException("while " + command.getFirst() + " was at work");
        } finally {
            process.destroyForcibly();
        }
    }
}
