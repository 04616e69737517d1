package dev.sandboxer.cli.serve;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.Shutdown;
import dev.sandboxer.cli.terminal.Terminal;
import dev.sandboxer.config.Home;
import dev.sandboxer.fakecloud.FakeE2b;
import dev.sandboxer.fakecloud.FaultPlan;
import dev.sandboxer.fakecloud.FaultPlanReader;
import dev.sandboxer.http.Listen;
import dev.sandboxer.server.ServerLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs our own server as a stand-in for a cloud, with planned failures. */
public final class FakeCloudCommand extends Command {
    private final Supplier<String> cloud = syntax.argument("CLOUD", "Which one; there is e2b.");
    private final Supplier<Integer> port =
            syntax.requiredNumber("--port", "N", "Where to listen on 127.0.0.1; 0 = any free port.");
    private final Supplier<@Nullable String> key =
            syntax.option("--key", "KEY", "The API key that it accepts; without it, one is made and printed.");
    private final Supplier<@Nullable Path> faults = syntax.file("--faults", "FILE", "The plan of what goes wrong.");
    private final Supplier<@Nullable Path> directory = syntax.file(
            "--home",
            "DIR",
            "Where it keeps its things, and leaves them; without it, a directory that is removed at the end.");

    public FakeCloudCommand(Context context) {
        super(
                context,
                "Play a cloud on this machine, for tests and rehearsals, until a signal ends it and all its sandboxes.");
        syntax.hide();
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (!cloud.get().equals("e2b")) {
            throw syntax.usageError("there is no fake cloud \"" + cloud.get() + "\", only e2b");
        }
        if (port.get() < 0 || port.get() > 65_535) {
            throw syntax.usageError("a port is a number from 0 to 65535");
        }
        ServerLog.configure(Terminal.present());
        var script = faults.get();
        var plan = script == null ? FaultPlan.NONE : FaultPlanReader.read(script);
        // the name is short because those of sockets below it have to be
        var given = directory.get();
        var running = new Running(given == null ? Files.createTempDirectory("sbx") : given, given == null);
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

    /** The running cloud and its files. Thread-safe: a signal may close it while it starts. */
    private final class Running implements AutoCloseable {
        private final Path home;
        private final boolean temporary;
        private @Nullable FakeE2b started;

        Running(Path home, boolean temporary) {
            this.home = home;
            this.temporary = temporary;
        }

        synchronized void start(FaultPlan plan) {
            var fake = FakeE2b.start(
                    new Home(home), new Listen("127.0.0.1", port.get()), key.get(), plan, InstantSource.system());
            started = fake;
            if (key.get() == null) {
                console.print("key " + fake.key());
            }
            console.print("listening on " + fake.url());
            console.flush();
        }

        @Override
        public synchronized void close() {
            if (started != null) {
                started.close();
            }
            if (temporary) {
                removeHome();
            }
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
