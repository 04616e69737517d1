package dev.sandboxer.lifecycle.crash;

import dev.sandboxer.config.AccountLimit;
import dev.sandboxer.config.Home;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.credentials.CredentialRouter;
import dev.sandboxer.credentials.Credentials;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.lifecycle.AccountHistory;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.CredentialUses;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.lifecycle.state.Funding;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Worker;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.payments.metering.Metering;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.payments.rates.RateFile;
import dev.sandboxer.quotas.Quotas;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.Credits;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.routing.Prices;
import dev.sandboxer.routing.Router;
import dev.sandboxer.store.TestDatabases;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FolderExtension;
import dev.sandboxer.testing.TestInstallation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A process that changes shared sandboxes at random, in several threads, until its standard input ends. Prints a line for each change
 * that succeeded. Exits with a failure if a change failed that must not.
 */
final class SharedServer {
    static final int MAX_LIVE = 8;
    private static final int THREADS = 3;

    private final Sandboxes sandboxes;
    private volatile boolean ending;
    private volatile boolean failed;

    private SharedServer(Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
    }

    /** Opens an installation in a PostgreSQL database. Its sandboxes are in a folder. */
    static ControlPlane open(String url, Path folder) {
        var clock = InstantSource.system();
        var database = TestDatabases.postgres(url);
        List<Extension> extensions = List.of(new FolderExtension(folder));
        var rows = new SandboxStore(database);
        var registry = new ExtensionRegistry(folder, rows.installation(), clock, extensions);
        var credentials =
                new Credentials(database, new CredentialUses(database), new Home(folder), Map.of(), registry, clock);
        var backends = new Backends(registry, credentials);
        var router = new Router(
                registry,
                new CredentialRouter(credentials),
                id -> true,
                new Prices(RateFile.of(new RateCards("USD", List.of())), clock),
                Credits.UNLIMITED,
                new AccountHistory(new AttemptStore(database)),
                clock);
        var limits = new ConsumerLimits(null, List.of(), MAX_LIVE, null, null, null, null);
        var consumers = new Consumers(database, () -> Map.of(TestInstallation.ME, limits), clock);
        var quotas = new Quotas(database, consumers, clock);
        var sandboxes = new Sandboxes(
                database,
                router,
                registry,
                backends,
                consumers,
                List.of(quotas),
                Funding.UNLIMITED,
                id -> AccountLimit.NONE,
                new Worker(ProcessIdentity.current().worker("only"), null),
                clock,
                Sleeper.REAL);
        var ledger = new Ledger(database, clock);
        return new ControlPlane(
                database,
                rows,
                registry,
                credentials,
                backends,
                router,
                sandboxes,
                consumers,
                quotas,
                ledger,
                new Metering(database, ledger, (handle, lines) -> {}));
    }

    /** @param args the URL of the database, and the folder */
    public static void main(String[] args) throws IOException, InterruptedException {
        var folder = Path.of(args[1]);
        boolean failed;
        try (var process = open(args[0], folder)) {
            failed = new SharedServer(process.sandboxes()).runUntilInputEnds(folder);
        }
        System.exit(failed ? 1 : 0);
    }

    private boolean runUntilInputEnds(Path folder) throws IOException, InterruptedException {
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> repeat(this::act)));
        }
        threads.add(Thread.ofPlatform().start(() -> repeat(() -> repair(folder))));
        while (System.in.read() >= 0) {
            // only the end of the input matters
        }
        ending = true;
        for (Thread thread : threads) {
            thread.join();
        }
        return failed;
    }

    private void repeat(Runnable work) {
        while (!ending) {
            try {
                work.run();
                System.out.println("done");
            } catch (SandboxException e) {
                if (e.code() == ErrorCode.INTERNAL) {
                    fail(e);
                }
            } catch (RuntimeException | Error e) {
                fail(e);
            }
        }
    }

    private void fail(Throwable e) {
        e.printStackTrace();
        failed = true;
    }

    private void repair(Path folder) {
        sandboxes.repair().repairUnfinished();
        sandboxes.repair().reconcile(List.of(new FolderExtension(folder)));
    }

    private void act() {
        var random = ThreadLocalRandom.current();
        var profile = TestInstallation.profile(FolderExtension.ID);
        var ttl = Duration.ofMinutes(random.nextInt(20, 50));
        switch (random.nextInt(10)) {
            case 0 ->
                sandboxes.create(CreateSandbox.of(TestInstallation.ME, profile).build());
            case 1, 2 -> {
                var key = "key" + random.nextInt(20);
                sandboxes.create(CreateSandbox.of(TestInstallation.ME, profile)
                        .idempotencyKey(key)
                        .metadata(Map.of("key", key))
                        .build());
            }
            case 3, 4 -> sandboxes.extend(any(), ttl, profile);
            case 5, 6 -> sandboxes.pause(any());
            case 7, 8 -> sandboxes.resume(any(), ttl, profile);
            default -> sandboxes.destroy(any());
        }
    }

    private Sandbox any() {
        var all = sandboxes.list(TestInstallation.ME, false);
        if (all.isEmpty()) {
            throw new SandboxException(ErrorCode.UNKNOWN_SANDBOX, "there is none");
        }
        return all.get(ThreadLocalRandom.current().nextInt(all.size()));
    }
}
