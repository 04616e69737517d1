package dev.sandboxer.cli.sandboxes.ports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.CliProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A running command that forwards ports, with the local port numbers and the command's output. */
public final class ForwardedPorts implements AutoCloseable {
    public static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Pattern LINE = Pattern.compile("(?:sandboxer: )?(\\S+):(\\d+) -> (\\d+)");

    private final Process process;
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private final List<Integer> ports;

    private ForwardedPorts(Process process, int count, boolean onStdout) throws IOException {
        this.process = process;
        var err = process.errorReader(UTF_8);
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        this.ports = read(onStdout ? out : err, count);
        Thread.ofVirtual().start(() -> err.lines().forEach(notes::add));
    }

    /** Starts {@code port-forward} and returns when it has printed the addresses of its ports. */
    public static ForwardedPorts of(CliProcess cli, String id, String... ports) throws IOException {
        var arguments = new ArrayList<>(List.of("port-forward", id));
        arguments.addAll(List.of(ports));
        return new ForwardedPorts(cli.start(arguments.toArray(String[]::new)), ports.length, true);
    }

    /** Starts {@code run} with one published port and returns when it has printed the port's address. */
    static ForwardedPorts ofRun(CliProcess cli, String... arguments) throws IOException {
        return new ForwardedPorts(cli.start(arguments), 1, false);
    }

    private static List<Integer> read(BufferedReader lines, int count) throws IOException {
        var ports = new ArrayList<Integer>();
        while (ports.size() < count) {
            var line = lines.readLine();
            if (line == null) {
                throw new AssertionError("it ended before it had printed the addresses of all ports: " + ports);
            }
            var match = LINE.matcher(line);
            if (match.matches()) {
                ports.add(Integer.parseInt(match.group(2)));
            }
        }
        return ports;
    }

    public int port() {
        return ports.getFirst();
    }

    int port(int index) {
        return ports.get(index);
    }

    /** Returns the later lines of the command's standard error. */
    List<String> notes() {
        return notes;
    }

    public Process process() {
        return process;
    }

    public Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port());
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    int status() throws InterruptedException {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
