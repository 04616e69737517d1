package dev.sandboxer.local;

import dev.sandboxer.local.host.HostPrograms;
import dev.sandboxer.local.host.HostUser;
import dev.sandboxer.local.network.HostNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A simulated host and a simulated internet, each in its own network namespace, so that this machine's network is neither used nor
 * changed. They end with this process, even if it is killed, because their first processes wait for the end of their input.
 */
public final class TestNetwork {
    public static final String INTERNET = "203.0.113.1";
    public static final String HOST = "203.0.113.2";
    public static final String RESOLVER = "10.66.0.1";

    private static final List<String> ADDRESSES =
            List.of("1.1.1.1", "1.1.1.2", "9.9.9.9", RESOLVER, "169.254.169.254", "192.168.7.7", "100.64.0.1");

    private static @Nullable TestNetwork shared;

    private final Process host;
    private final Process internet;
    private final HostNetwork network;

    private TestNetwork() throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("sbxnet");
        try {
            var program = directory.resolve("internet.py");
            copy("/network/internet.py", program);
            host = start("unshare", "--net", "python3", program.toString());
            internet = start("unshare", "--net", "python3", program.toString());
        } finally {
            try (Stream<Path> files = Files.list(directory)) {
                files.forEach(file -> file.toFile().delete());
            }
            Files.delete(directory);
        }
        connect();
        var resolvers = Files.createTempFile("sbxnet", ".conf");
        resolvers.toFile().deleteOnExit();
        Files.writeString(resolvers, "nameserver " + RESOLVER + "\n");
        network = HostNetwork.inNamespace(Path.of("/proc/" + host.pid() + "/ns/net"), resolvers);
    }

    /** Returns true if this machine has the necessary rights and programs. */
    public static boolean isPossible() {
        return HostUser.isRoot()
                && Stream.of("ip", "nft", "nsenter", "unshare", "python3", "openssl")
                        .allMatch(name -> HostPrograms.find(name).isPresent());
    }

    /** Returns the network that all tests of this process share. */
    public static synchronized TestNetwork shared() {
        try {
            if (shared == null) {
                shared = new TestNetwork();
            }
            return shared;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the network for sandboxes, which leads through the simulated host. */
    public HostNetwork network() {
        return network;
    }

    /** Returns the output of a program in the network of the simulated host. */
    public String onHost(String... command) {
        return in(host, command);
    }

    private static void copy(String resource, Path to) throws IOException {
        try (var in = TestNetwork.class.getResourceAsStream(resource)) {
            Files.copy(in, to);
        }
    }

    /** Starts a namespace with its servers. The host has servers too, which no sandbox may reach. */
    private static Process start(String... command) throws IOException {
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var ready = new byte[6];
        if (process.getInputStream().readNBytes(ready, 0, ready.length) < ready.length) {
            throw new IOException(String.join(" ", command) + " did not become ready");
        }
        return process;
    }

    private void connect() {
        for (Process side : List.of(host, internet)) {
            in(side, "ip", "link", "set", "lo", "up");
        }
        in(host, "ip", "link", "add", "up0", "type", "veth", "peer", "name", "down0", "netns", "" + internet.pid());
        in(host, "ip", "address", "add", HOST + "/24", "dev", "up0");
        in(host, "ip", "link", "set", "up0", "up");
        in(internet, "ip", "address", "add", INTERNET + "/24", "dev", "down0");
        in(internet, "ip", "link", "set", "down0", "up");
        in(host, "ip", "route", "add", "default", "via", INTERNET);
        ADDRESSES.forEach(address -> in(internet, "ip", "address", "add", address + "/32", "dev", "lo"));
    }

    private static String in(Process side, String... command) {
        var all = new ArrayList<>(List.of("nsenter", "--net=/proc/" + side.pid() + "/ns/net"));
        all.addAll(List.of(command));
        try {
            var process = new ProcessBuilder(all).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
