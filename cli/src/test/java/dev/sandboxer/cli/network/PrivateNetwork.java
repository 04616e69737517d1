package dev.sandboxer.cli.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.cli.CliProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace with a simulated internet, for running commands in it. This machine's network is neither used nor changed. The
 * namespace ends with this object or this process, even if that is killed: its first process waits for the end of its input.
 */
public final class PrivateNetwork implements AutoCloseable {
    private static final Path SCRIPT = Path.of(System.getProperty("basedir", "."), "..")
            .toAbsolutePath()
            .resolve("conformance/harness/private-network.sh");

    private static final int UNSUPPORTED_HERE = 77;

    private final Process holder;
    private final String pid;

    private PrivateNetwork(Process holder, String pid) {
        this.holder = holder;
        this.pid = pid;
    }

    /** Opens a network. Skips the test if this machine does not support it. */
    static PrivateNetwork open() throws IOException, InterruptedException {
        return open("cat");
    }

    /**
     * Opens a network and runs a program in it, which must exit when its standard input ends. Skips the test if this machine does not
     * support it.
     *
     * @param program the program and its arguments
     */
    public static PrivateNetwork open(String... program) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("sh", SCRIPT.toString(), "sh", "-c", "echo $$; exec \"$@\"", "sh"));
        command.addAll(List.of(program));
        var holder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var line = holder.inputReader(UTF_8).readLine();
        if (line == null) {
            assumeTrue(holder.waitFor() != UNSUPPORTED_HERE, "needs root, nft, dnsmasq and nginx");
            throw new AssertionError("no private network: " + holder.exitValue());
        }
        return new PrivateNetwork(holder, line);
    }

    /** Returns the next line that the network's program prints; null if it has ended. */
    public @Nullable String readLine() throws IOException {
        return holder.inputReader(UTF_8).readLine();
    }

    /** Returns a program that runs in this network. */
    CliProcess in(CliProcess program) {
        return program.behind(command().toArray(String[]::new));
    }

    /** Returns the words to put before a command so that it runs in this network. */
    public List<String> command() {
        return List.of("nsenter", "--net=/proc/" + pid + "/ns/net", "--mount=/proc/" + pid + "/ns/mnt");
    }

    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
        try {
            if (!holder.waitFor(60, TimeUnit.SECONDS)) {
                holder.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            holder.destroyForcibly();
        }
    }
}
