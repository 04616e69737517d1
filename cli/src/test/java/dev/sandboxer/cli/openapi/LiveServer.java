package dev.sandboxer.cli.openapi;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.Home;
import dev.sandboxer.extension.Session;
import dev.sandboxer.http.Listen;
import dev.sandboxer.server.SandboxerServer;
import dev.sandboxer.server.ServerLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.function.Function;

/** A server on a home of its own, in this process. Closing it ends its sandboxes and removes the home. */
final class LiveServer implements AutoCloseable {
    static final String CONSUMER = "somebody";

    /** Beside the built-in ones: one that nobody can run, one that is soon full. */
    private static final String PROFILES = """
            profiles:
              nowhere:
                route: [ext.absent]
                templates: {ext.absent: base}
                cpu: 1
                memory: 256MiB
                disk: 1GiB
                ttl: 10m
                maxTtl: 1h
              narrow:
                route: [ext.local]
                templates: {ext.local: base}
                cpu: 1
                memory: 256MiB
                disk: 64MiB
                ttl: 10m
                maxTtl: 1h
            """;

    private final Path home;
    private final Sandboxer installation;
    private final SandboxerServer server;

    LiveServer() throws IOException {
        ServerLog.choose(false); // two providers are on the class path, and the other one tells everything
        home = Files.createTempDirectory("sbx"); // short, since the names of sockets below it have to be
        Files.writeString(home.resolve("config.yaml"), PROFILES);
        installation = Sandboxer.open(new Home(home), InstantSource.system());
        server = SandboxerServer.start(installation, new Listen("127.0.0.1", 0), null, Duration.ofSeconds(5));
    }

    String url() {
        return server.url();
    }

    /** A new API key. */
    String key(String consumer) {
        return installation.keys().create(consumer).secret();
    }

    /** Works in a sandbox, not over HTTP. */
    <T> T in(String id, Function<Session, T> work) {
        var sandbox = installation.sandboxes().get(CONSUMER, id);
        return installation.sandboxes().use(sandbox, work::apply);
    }

    @Override
    public void close() throws IOException {
        var sandboxes = installation.sandboxes();
        sandboxes.list(CONSUMER, false).forEach(sandboxes::destroy);
        sandboxes.snapshots().list(CONSUMER, null, null, null, 1000).forEach(sandboxes.snapshots()::delete);
        server.close();
        installation.close();
        try (var files = Files.walk(home)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
