package dev.sandboxer.cli;

import dev.sandboxer.config.Home;
import dev.sandboxer.fakecloud.FakeE2b;
import dev.sandboxer.fakecloud.FaultPlanReader;
import dev.sandboxer.http.Listen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;

/** A fake cloud in this JVM, with a plan of faults. {@link FakeCloudProcess} runs one as users start it. */
public final class FakeCloud implements AutoCloseable {
    private final Path home;
    private final LoggedMessages log = new LoggedMessages();
    private final FakeE2b cloud;

    private FakeCloud(Path home, String plan) throws IOException {
        this.home = home;
        var file = Files.writeString(home.resolve("plan.yaml"), plan);
        cloud = FakeE2b.start(
                new Home(home),
                Listen.parse("127.0.0.1:0"),
                CloudClient.KEY,
                FaultPlanReader.read(file),
                InstantSource.system());
    }

    /**
     * Starts a fake cloud and waits until it listens.
     *
     * @param plan of faults, in the form of docs/cloud-adapters.md
     */
    public static FakeCloud start(String plan) throws IOException {
        return new FakeCloud(Files.createTempDirectory("sbx"), plan);
    }

    public CloudClient client() {
        return new CloudClient(cloud.url(), CloudClient.KEY);
    }

    /** Returns the directories of its sandboxes, which exist as long as their processes. */
    public List<Path> directories() {
        return Cli.entries(home.resolve("local/s"));
    }

    /** Returns the number of requests that the plan has made fail. */
    public long struck() {
        return log.count("injecting a planned fault");
    }

    /** Returns the number of logged requests whose line begins with a text such as {@code GET /sandboxes/}. */
    public long requests(String beginning) {
        return log.count(beginning);
    }

    @Override
    public void close() throws IOException {
        cloud.close();
        log.close();
        try (var files = Files.walk(home)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
