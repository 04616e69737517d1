package dev.sandboxer.cli.serve;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.Shutdown;
import dev.sandboxer.cli.terminal.Terminal;
import dev.sandboxer.config.Home;
import dev.sandboxer.fakecloud.FakeE2b;
import dev.sandboxer.fakecloud.FaultPlan;
import dev.sandboxer.fakecloud.FaultPlanReader;
import dev.sandboxer.fakecloud.modal.FakeModal;
import dev.sandboxer.fakecloud.modal.TokenPair;
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

/** Runs this project's own server as a stand-in for a cloud, with planned failures. */
public final class FakeCloudCommand extends Command {
    private final Supplier<String> cloud = syntax.argument("CLOUD", "The cloud to imitate: e2b or modal.");
    private final Supplier<Integer> port =
            syntax.requiredNumber("--port", "N", "Port on 127.0.0.1 to listen on; 0 = any free port.");
    private final Supplier<@Nullable String> key =
            syntax.option("--key", "KEY", "API key that e2b accepts (default: a new one, which is printed).");
    private final Supplier<@Nullable String> token =
            syntax.option("--token", "ID:SECRET", "Token that modal accepts (default: a new one, which is printed).");
    private final Supplier<@Nullable Path> faults = syntax.file("--faults", "FILE", "Plan of the failures.");
    private final Supplier<@Nullable Path> directory =
            syntax.file("--home", "DIR", "Directory for its state, kept at the end (default: a temporary one).");

    public FakeCloudCommand(Context context) {
        super(context, "Run a fake cloud on this machine, for tests, until a signal ends it and its sandboxes.");
        syntax.hide();
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        requireCloud();
        if (port.get() < 0 || port.get() > 65_535) {
            throw syntax.usageError("--port must be from 0 to 65535");
        }
        ServerLog.configure(Terminal.present());
        var plan = plan();
        // the name is short because paths of sockets below it are limited
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

    private boolean isModal() {
        return cloud.get().equals("modal");
    }

    private void requireCloud() {
        if (!isModal() && !cloud.get().equals("e2b")) {
            throw syntax.usageError("unknown fake cloud \"" + cloud.get() + "\"; choose e2b or modal");
        }
        if (isModal() && key.get() != null) {
            throw syntax.usageError("modal has tokens, not keys; use --token");
        }
        if (!isModal() && token.get() != null) {
            throw syntax.usageError("e2b has keys, not tokens; use --key");
        }
    }

    private FaultPlan plan() {
        var script = faults.get();
        if (script == null) {
            return FaultPlan.NONE;
        }
        return isModal() ? FakeModal.readPlan(script) : FaultPlanReader.read(script);
    }

    private Started startE2b(Home home, Listen listen, FaultPlan plan) {
        var fake = FakeE2b.start(home, listen, key.get(), plan, InstantSource.system());
        if (key.get() == null) {
            console.print("key " + fake.key());
        }
        return new Started(fake.url(), fake::close);
    }

    private Started startModal(Home home, Listen listen, FaultPlan plan) {
        var given = token.get();
        var fake = FakeModal.start(
                home, listen, given == null ? null : TokenPair.parse(given), plan, InstantSource.system());
        if (given == null) {
            console.print("token " + fake.token().text());
        }
        return new Started(fake.url(), fake::close);
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

    /** A running cloud of either kind. A common interface would have to be on the class path of every command, not only of servers. */
    private record Started(String url, Runnable ending) {}

    /** The running cloud and its files. Thread-safe: a signal may close it while it starts. */
    private final class Running implements AutoCloseable {
        private final Path home;
        private final boolean temporary;
        private @Nullable Started started;

        Running(Path home, boolean temporary) {
            this.home = home;
            this.temporary = temporary;
        }

        synchronized void start(FaultPlan plan) {
            var listen = new Listen("127.0.0.1", port.get());
            var fake = isModal() ? startModal(new Home(home), listen, plan) : startE2b(new Home(home), listen, plan);
            started = fake;
            console.print("listening on " + fake.url());
            console.flush();
        }

        @Override
        public synchronized void close() {
            if (started != null) {
                started.ending().run();
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
