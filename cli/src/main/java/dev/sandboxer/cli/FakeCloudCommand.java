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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Our own server as somebody else's cloud, which fails as planned. */
final class FakeCloudCommand extends SandboxerCommand {
    /** Long enough for a creation, so that what it makes is known and ended too. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final Supplier<String> cloud = syntax.word("CLOUD", "Which one; there is e2b.");
    private final Supplier<Integer> port =
            syntax.number("--port", "N", "Where to listen on 127.0.0.1; 0 = any free port.");
    private final Supplier<@Nullable String> key =
            syntax.option("--key", "KEY", "The API key that it accepts; without it, one is made and printed.");
    private final Supplier<@Nullable Path> faults = syntax.file("--faults", "FILE", "The plan of what goes wrong.");
    private final Supplier<@Nullable Path> directory = syntax.file(
            "--home",
            "DIR",
            "Where it keeps its things, and leaves them; without it, a directory that is removed at the end.");

    FakeCloudCommand(Context context) {
        super(
                context,
                "Play a cloud on this machine, for tests and rehearsals, until a signal ends it and all its sandboxes.");
        syntax.hide();
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (!cloud.get().equals("e2b")) {
            throw syntax.wrong("there is no fake cloud \"" + cloud.get() + "\", only e2b");
        }
        if (port.get() < 0 || port.get() > 65_535) {
            throw syntax.wrong("a port is a number from 0 to 65535");
        }
        ServerLog.configure(Terminal.present());
        var script = faults.get();
        var plan = script == null ? FaultPlan.NONE : FaultPlanReader.read(script);
        // the name is short because those of sockets below it have to be
        var given = directory.get();
        var home = given == null ? Files.createTempDirectory("sbx") : given;
        var running = new Running(home, given == null);
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
            var accepted = key.get();
            if (accepted == null) {
                console.print(
                        "key " + opened.keys().create(Sandboxer.LOCAL_CONSUMER).secret());
            } else if (opened.keys().consumerOf(accepted).isEmpty()) {
                opened.keys().adopt(Sandboxer.LOCAL_CONSUMER, accepted);
            }
            var started = SandboxerServer.rehearse(opened, new Listen("127.0.0.1", port.get()), DRAIN, plan);
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
