package dev.sandboxer.cli.hostile;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import dev.sandboxer.cli.Commands.Result;
import dev.sandboxer.cli.network.PrivateNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A host in a {@link PrivateNetwork}, on which a user other than root runs the distribution. */
final class PlainHost implements AutoCloseable {
    static final String ADDRESS = "203.0.113.2";

    /** No account of this machine has this id, so all its processes belong to this test. */
    private static final int USER = 64_123;

    private static final Path TOP =
            Path.of(System.getProperty("basedir", ".")).toAbsolutePath().getParent();
    private static final Path SERVERS = TOP.resolve("extensions/local/src/test/resources/network/internet.py");
    private static final String CALL = read(TOP.resolve("extensions/local/src/test/resources/hostile/call.py"));

    private final Cli home = Cli.onFreshHome();
    private final PrivateNetwork network;
    private final Path caches;

    /** Starts the host. Skips the test if this machine lacks a program that it needs. */
    PlainHost() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("user.name").equals("root"), "needs root to become somebody else");
        for (String name : List.of("nft", "slirp4netns", "ip", "unshare", "nsenter", "setpriv", "python3", "openssl")) {
            assumeTrue(Stream.of("/usr/bin", "/usr/sbin").anyMatch(it -> Files.exists(Path.of(it, name))), name);
        }
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "/dev/net/tun");
        home.process().run("--version"); // makes the start-up cache when it is missing
        Files.setAttribute(home.home(), "unix:uid", USER);
        Files.setAttribute(home.home(), "unix:gid", USER);
        caches = Files.createTempDirectory("sbxcache");
        Files.setAttribute(caches, "unix:mode", 0755);
        Files.createSymbolicLink(caches.resolve("sandboxer"), CliProcess.PROGRAM.resolveSibling("../aot"));
        network = PrivateNetwork.open("python3", SERVERS.toString());
        if (!"ready".equals(network.readLine())) {
            throw new IOException("the servers of the test's host did not start");
        }
    }

    /** Returns a command line that runs as that user on that host. */
    CliProcess cli() {
        return home.process()
                .with("HOME", home.home().toString())
                .with("XDG_CACHE_HOME", caches.toString())
                .behind(command(List.of()).toArray(String[]::new));
    }

    /** Like {@link #cli}, but with a file that the user can't read or execute. */
    CliProcess cliWithout(Path file) {
        var script = "mount --bind /etc/shadow " + file + " && exec \"$@\"";
        var hiding = List.of("unshare", "--mount", "sh", "-c", script, "sh");
        return cli().behind(command(hiding).toArray(String[]::new));
    }

    private List<String> command(List<String> asRoot) {
        var all = new ArrayList<>(network.command());
        all.addAll(asRoot);
        var who = Integer.toString(USER);
        all.addAll(List.of("setpriv", "--reuid", who, "--regid", who, "--clear-groups"));
        return all;
    }

    /** Runs a program as the host's root and returns its output. */
    String onHost(String... command) {
        var all = new ArrayList<>(network.command());
        all.addAll(Arrays.asList(command));
        try {
            var process = new ProcessBuilder(all).redirectErrorStream(true).start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Result sh(String sandbox, String script) {
        return cli().run("exec", sandbox, "sh", "-c", script);
    }

    /** Makes network calls inside a sandbox; returns one line about each. */
    List<String> call(String sandbox, String... calls) {
        var arguments = new ArrayList<>(List.of("exec", sandbox, "python3", "-c", CALL));
        arguments.addAll(List.of(calls));
        return cli().run(arguments.toArray(String[]::new)).out().lines().toList();
    }

    /** Returns that user's processes of a name on the whole machine, including those of sandboxes. */
    static List<ProcessHandle> processes(String name) {
        return ProcessHandle.allProcesses()
                .filter(process -> isOurs(process, name))
                .toList();
    }

    private static boolean isOurs(ProcessHandle process, String name) {
        try {
            var status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
            return status.startsWith("Name:\t" + name + "\n") && status.contains("\nUid:\t" + USER + "\t");
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        cli().run("destroy", "--all");
        network.close();
        Files.deleteIfExists(caches.resolve("sandboxer"));
        Files.deleteIfExists(caches);
        // a creation that was cut short is a leftover only after 10 minutes
        run("rm", "-rf", "--", home.home().toString());
    }

    private static void run(String... command) throws IOException {
        try {
            new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
