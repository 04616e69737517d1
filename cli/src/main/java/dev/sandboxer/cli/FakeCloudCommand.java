package dev.sandboxer.cli;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.SandboxerServer;
import dev.sandboxer.config.FaultPlanReader;
import dev.sandboxer.config.Home;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.Listen;
import dev.sandboxer.observe.ServerLog;
import dev.sandboxer.rehearsal.FaultPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Our own server as somebody else's cloud, which fails as planned. */
@Command(
        name = "fake-cloud",
        hidden = true,
        description =
                "Play a cloud on this machine, for tests and rehearsals, until a signal ends it and all its sandboxes.")
@SuppressWarnings("NullAway.Init")
final class FakeCloudCommand extends SandboxerCommand {
    /** Long enough for a creation, so that what it makes is known and ended too. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "CLOUD", description = "Which one; there is e2b.")
    String cloud = "";

    @Option(
            names = "--port",
            paramLabel = "N",
            required = true,
            description = "Where to listen on 127.0.0.1; 0 = any free port.")
    int port;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The API key that it accepts; without it, one is made and printed.")
    @Nullable String key;

    @Option(names = "--faults", paramLabel = "FILE", description = "The plan of what goes wrong.")
    @Nullable Path faults;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description =
                    "Where it keeps its things, and leaves them; without it, a directory that is removed at the end.")
    @Nullable Path directory;

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (!cloud.equals("e2b")) {
            throw new ParameterException(spec.commandLine(), "there is no fake cloud \"" + cloud + "\", only e2b");
        }
        if (port < 0 || port > 65_535) {
            throw new ParameterException(spec.commandLine(), "a port is a number from 0 to 65535");
        }
        ServerLog.configure(Terminal.present());
        var plan = faults == null ? FaultPlan.NONE : FaultPlanReader.read(faults);
        // the name is short because those of sockets below it have to be
        var home = directory == null ? Files.createTempDirectory("sbx") : directory;
        var running = new Running(home, directory == null);
        var hook = Shutdown.onSignal(() -> end(running));
        try {
            running.start(plan);
        } catch (RuntimeException e) {
            hook.cancel();
            running.close();
            throw e;
        }
        new CountDownLatch(1).await();
        return 0;
    }

    private void end(Running running) {
        var status = 0;
        try {
            running.close();
        } catch (RuntimeException e) {
            console.note(String.valueOf(e.getMessage()));
            status = 1;
        }
        console.flush();
        Runtime.getRuntime().halt(status);
    }

    /** All that has to be cleared away, as far as it has come. */
    private final class Running implements AutoCloseable {
        private final Path home;
        private final boolean temporary;
        private @Nullable Sandboxer installation;
        private @Nullable SandboxerServer server;

        Running(Path home, boolean temporary) {
            this.home = home;
            this.temporary = temporary;
        }

        synchronized void start(FaultPlan plan) {
            // without our environment: a key in there is a client's
            var opened = Sandboxer.open(new Home(home), Map.of(), InstantSource.system());
            installation = opened;
            if (key == null) {
                console.print(
                        "key " + opened.keys().create(Sandboxer.LOCAL_CONSUMER).secret());
            } else if (opened.keys().consumerOf(key).isEmpty()) {
                opened.keys().adopt(Sandboxer.LOCAL_CONSUMER, key);
            }
            var started = SandboxerServer.rehearse(opened, new Listen("127.0.0.1", port), DRAIN, plan);
            server = started;
            console.print("listening on " + started.url());
            console.flush();
        }

        @Override
        public synchronized void close() {
            if (server != null) {
                server.close();
            }
            if (installation != null) {
                var left = destroyAll(installation);
                installation.close();
                left.forEach(console::note);
                if (!left.isEmpty()) {
                    throw new IllegalStateException(home + " is kept, because sandboxes are left in it");
                }
            }
            if (temporary) {
                removeHome();
            }
        }

        private List<String> destroyAll(Sandboxer opened) {
            var left = new ArrayList<String>();
            for (var sandbox : opened.sandboxes().list(null, false)) {
                try {
                    opened.sandboxes().destroy(sandbox);
                } catch (SandboxException e) {
                    left.add(String.valueOf(e.getMessage()));
                }
            }
            return left;
        }

        private void removeHome() {
            try (var paths = Files.walk(home)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
