package dev.sandboxer.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * {@code scripts/fake-cloud} as a separate process, with a plan of faults. Its standard error goes to a file.
 */
public final class FakeCloudProcess implements AutoCloseable {
    /** The token that {@link #startModal} accepts. */
    public static final String TOKEN_ID = "ak-rehearsal";

    public static final String TOKEN_SECRET = "as-" + "5afe".repeat(10);

    private static final Pattern PID = Pattern.compile("\"pid\":(\\d+)");
    private static final Path SCRIPT =
            CliProcess.BASE.resolve("../scripts/fake-cloud").normalize();

    private final Process process;
    private final BufferedReader out;
    private final List<String> said = new ArrayList<>();
    private final Path err;

    private final Path directory;

    private FakeCloudProcess(Path directory, String cloud, List<String> options) throws IOException {
        this.directory = directory;
        err = Files.createTempFile(directory, "fake-cloud", ".err");
        var command = new ArrayList<>(CliProcess.WITH_SIGNALS);
        command.addAll(List.of(SCRIPT.toString(), cloud));
        command.addAll(options);
        var builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().put("SANDBOXER_AOT", "wait");
        builder.environment().put("SANDBOXER_PROGRAM", CliProcess.PROGRAM.toString());
        builder.environment().put("SANDBOXER_JAVA_OPTS", "-Djava.io.tmpdir=" + directory);
        process = builder.start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Creates a directory for one fake cloud. Its name is short because paths of sockets below it are limited. */
    public static Path newDirectory() throws IOException {
        var random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        return Files.createDirectory(Path.of(System.getProperty("java.io.tmpdir"), "f" + random));
    }

    /** Removes the directory with its files. Fails when it contains a directory. */
    public static void removeDirectory(Path directory) throws IOException {
        for (Path file : Cli.entries(directory)) {
            Files.delete(file);
        }
        Files.delete(directory);
    }

    /** Starts a fake E2B and does not wait for it. */
    public static FakeCloudProcess launch(Path directory, String... options) throws IOException {
        return new FakeCloudProcess(directory, "e2b", List.of(options));
    }

    /** Starts a fake Modal and does not wait for it. */
    public static FakeCloudProcess launchModal(Path directory, String... options) throws IOException {
        return new FakeCloudProcess(directory, "modal", List.of(options));
    }

    /** Starts a fake Modal that accepts {@link #TOKEN_ID} with {@link #TOKEN_SECRET} and follows a plan, and waits until it listens. */
    public static FakeCloudProcess startModal(Path directory, String plan) throws IOException {
        var file = Files.createTempFile(directory, "plan", ".yaml");
        Files.writeString(file, plan);
        var token = TOKEN_ID + ":" + TOKEN_SECRET;
        var cloud = launchModal(directory, "--port", "0", "--token", token, "--faults", file.toString());
        cloud.awaitListening();
        return cloud;
    }

    /**
     * Starts a fake E2B that accepts {@link CloudClient#KEY} and follows a plan, and waits until it listens. The form of the plan is
     * in docs/cloud-adapters.md.
     */
    public static FakeCloudProcess start(Path directory, String plan) throws IOException {
        var file = Files.createTempFile(directory, "plan", ".yaml");
        Files.writeString(file, plan);
        var cloud = launch(directory, "--port", "0", "--key", CloudClient.KEY, "--faults", file.toString());
        cloud.awaitListening();
        return cloud;
    }

    public void awaitListening() throws IOException {
        String line;
        do {
            line = out.readLine();
            if (line == null) {
                throw new AssertionError("it ended: " + Files.readString(err));
            }
            said.add(line);
        } while (!line.startsWith("listening on "));
    }

    /** Returns the lines that it printed until it listened. */
    public List<String> said() {
        return said;
    }

    public String log() throws IOException {
        return Files.readString(err);
    }

    public String url() {
        return said.getLast().substring("listening on ".length());
    }

    /** Returns the platform's credential for this Modal. */
    public Map<String, String> modalEnvironment() {
        return Map.of("MODAL_SERVER_URL", url(), "MODAL_TOKEN_ID", TOKEN_ID, "MODAL_TOKEN_SECRET", TOKEN_SECRET);
    }

    /** Returns a client of this E2B. */
    public CloudClient client() {
        return new CloudClient(url(), CloudClient.KEY);
    }

    /** Returns the directories of its sandboxes, which exist as long as their processes. */
    public List<Path> directories() {
        return Cli.entries(directory).stream()
                .flatMap(home -> Cli.entries(home.resolve("local/s")).stream())
                .toList();
    }

    /** Returns the pids, on this host, of the processes of its sandboxes. */
    public List<Long> processes() throws IOException {
        var all = new ArrayList<Long>();
        for (Path sandbox : directories()) {
            PID.matcher(Files.readString(sandbox.resolve("launched")))
                    .results()
                    .forEach(result -> all.add(Long.parseLong(result.group(1))));
        }
        return all;
    }

    public Process process() {
        return process;
    }

    /** Sends SIGTERM and returns the exit status. */
    public int end() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it did not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        try {
            end();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        out.close();
    }
}
