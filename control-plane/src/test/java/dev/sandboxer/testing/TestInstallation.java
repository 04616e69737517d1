package dev.sandboxer.testing;

import dev.sandboxer.charging.BillExport;
import dev.sandboxer.charging.Charging;
import dev.sandboxer.charging.NetworkReadings;
import dev.sandboxer.config.AccountLimit;
import dev.sandboxer.config.Home;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.credentials.CredentialRouter;
import dev.sandboxer.credentials.Credentials;
import dev.sandboxer.credentials.Owner;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.events.LifecycleEvents;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.hubs.HubSettings;
import dev.sandboxer.hubs.Outbox;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.lifecycle.AccountHistory;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.CredentialUses;
import dev.sandboxer.lifecycle.Repair.Settled;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.lifecycle.state.Funding;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.TransitionListener;
import dev.sandboxer.lifecycle.state.Worker;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.payments.bill.BillingAccount;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.payments.ledger.LedgerListener;
import dev.sandboxer.payments.metering.Metering;
import dev.sandboxer.payments.metering.Metering.BillListener;
import dev.sandboxer.payments.rates.RateCard;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.payments.rates.RateFile;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.quotas.Quotas;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.Credits;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.routing.Prices;
import dev.sandboxer.routing.Router;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.databases.ObservedDatabase;
import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An installation with two fake extensions, whose processes can be started and killed. The second extension needs a key, which the platform
 * has. The fake clouds and the database survive the processes.
 */
public final class TestInstallation {
    public static final String ME = "me";
    public static final Duration TTL = Duration.ofMinutes(10);
    public static final Duration MAX_TTL = Duration.ofHours(1);
    public static final SandboxSize SIZE = new SandboxSize(1000, 512, 1024);

    /** The identity of a process that has died, as rows store it. */
    public static final String DEAD = "1.0.dead";

    private final Path home;
    private final TestDatabase database;
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-24T12:00:00Z"));
    private final CrashPoints crashes = new CrashPoints();
    private volatile Consumer<String> statements = sql -> {};
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, ConsumerLimits> declared = new ConcurrentHashMap<>();
    private final List<TransitionListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger workers = new AtomicInteger();
    private final Map<ExtensionId, AccountLimit> limits = new ConcurrentHashMap<>();
    private volatile boolean charged;
    private volatile BillListener billListener = (handle, lines) -> {};
    private volatile HubSettings hubs = HubSettings.NONE;
    private volatile RateCards cards = new RateCards("USD", List.of());
    private final FakeExtension first = FakeExtension.named("first", clock);
    private final FakeExtension second = FakeExtension.keyed("second", clock);

    public TestInstallation(Path home) {
        this(home, SqliteFile.in(home));
    }

    /** Creates an installation with a database that is not in its home. */
    public TestInstallation(Path home, TestDatabase database) {
        this.home = home;
        this.database = database;
        environment.put("SECOND_KEY", "key_platform0");
        first.cloud().watch(crashes::pass);
        second.cloud().watch(crashes::pass);
    }

    public Path home() {
        return home;
    }

    public SettableClock clock() {
        return clock;
    }

    /**
     * Stores a credential of {@link #ME} for the second extension.
     *
     * @param fallback true = the platform's credential may take its place
     */
    public void addCredential(String key, boolean fallback) {
        try (var process = start()) {
            process.credentials().add(Owner.consumer(ME), second.id(), "own", Map.of("key", key), fallback);
        }
    }

    /** Adds a listener to the transitions of processes that are started from now on. */
    public void listen(TransitionListener listener) {
        listeners.add(listener);
    }

    /** Limits the accounts of an extension. */
    public void limit(ExtensionId extension, AccountLimit limit) {
        limits.put(extension, limit);
    }

    /** Charges sandboxes in processes that are started from now on. */
    public void charge() {
        charged = true;
    }

    /** Passes on the lines of the bill in processes that are started from now on. */
    public void onBill(BillListener listener) {
        billListener = listener;
    }

    /** Writes events for these hubs in processes that are started from now on. Replaces {@link #onBill}. */
    public void export(HubSettings settings) {
        hubs = settings;
    }

    /** Sets the rate cards. */
    public void price(RateCard... all) {
        price(new RateCards("USD", List.of(all)));
    }

    /** Sets the rate cards, mark-ups and fees. */
    public void price(RateCards all) {
        cards = all;
    }

    /** Returns the consumers' limits in the configuration, which tests may change. */
    public Map<String, ConsumerLimits> declared() {
        return declared;
    }

    /** Returns the environment of the processes, which tests may change. */
    public Map<String, String> environment() {
        return environment;
    }

    public CrashPoints crashes() {
        return crashes;
    }

    /** Passes on the text of each SQL statement from now on. */
    public void watchStatements(Consumer<String> watcher) {
        statements = watcher;
    }

    public FakeCloud first() {
        return first.cloud();
    }

    public FakeCloud second() {
        return second.cloud();
    }

    public List<Extension> extensions() {
        return List.of(first, second);
    }

    /** Starts a process with both extensions. */
    public ControlPlane start() {
        return start(extensions());
    }

    /**
     * Starts a process on another host, so that no other process can see whether it is alive.
     *
     * @param points called before and after each use of the database; may throw. {@link FakeCloud#watch} reports the calls of the clouds
     */
    public ControlPlane startElsewhere(Consumer<String> points) {
        return start(new ObservedDatabase(database.open(), points), extensions());
    }

    /** Starts a process with the given extensions. */
    public ControlPlane start(List<Extension> extensions) {
        return start(database.watched(crashes::pass, sql -> statements.accept(sql)), extensions);
    }

    private ControlPlane start(Database database, List<Extension> extensions) {
        var rows = new SandboxStore(database);
        var registry = new ExtensionRegistry(home, rows.installation(), clock, extensions);
        var credentials =
                new Credentials(database, new CredentialUses(database), new Home(home), environment, registry, clock);
        var backends = new Backends(registry, credentials);
        var history = new AccountHistory(new AttemptStore(database));
        var prices = new Prices(RateFile.of(cards), clock);
        var outbox = new Outbox(rows.installation(), hubs, clock);
        var export = new BillExport(outbox, hubs, () -> new BillingAccount(rows.installation(), "test", "USD"));
        var isExported = hubs.isAnyConfigured();
        var ledger = new Ledger(database, isExported ? export : LedgerListener.NONE, clock);
        var metering = new Metering(database, ledger, isExported ? export : billListener);
        var charging = new Charging(registry, prices, ledger, metering, new NetworkReadings(backends, metering), clock);
        var router = new Router(
                registry, new CredentialRouter(credentials), id -> true, prices, credits(ledger), history, clock);
        var consumers = new Consumers(database, () -> declared, clock);
        var quotas = new Quotas(database, consumers, clock);
        var sandboxes = new Sandboxes(
                database,
                router,
                registry,
                backends,
                consumers,
                listeners(quotas, charging, new LifecycleEvents(outbox, hubs, clock)),
                charged ? charging : Funding.UNLIMITED,
                id -> limits.getOrDefault(id, AccountLimit.NONE),
                new Worker(ProcessIdentity.current().worker("w" + workers.incrementAndGet()), null),
                clock,
                clock::advance);
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
                metering);
    }

    private Credits credits(Ledger ledger) {
        return charged ? consumer -> ledger.balance(consumer).available() : Credits.UNLIMITED;
    }

    private List<TransitionListener> listeners(Quotas quotas, Charging charging, LifecycleEvents events) {
        var all = new ArrayList<TransitionListener>(List.of(quotas));
        if (charged) {
            all.add(charging);
        }
        all.add(events);
        all.addAll(listeners);
        return all;
    }

    /** Ends a process as SIGKILL would: its connection closes, and all its work in the database belongs to a dead process. */
    public void kill(ControlPlane process) {
        crashes.reset();
        process.database().write(handle -> {
            handle.execute("UPDATE sandboxes SET actor = ?", DEAD);
            handle.execute("UPDATE snapshots SET actor = ?", DEAD);
        });
        process.sandboxes().close(); // has no effect on rows, since no work is in progress
        process.database().close();
    }

    /** Runs work in a process, which then ends regularly. */
    public <T> T inProcess(Function<Sandboxes, T> work) {
        try (var process = start()) {
            return work.apply(process.sandboxes());
        }
    }

    /**
     * Runs work in a process that is killed at a point, or after the work if that ends first.
     *
     * @param point counted from 1, see {@link CrashPoints}
     * @return a text that names the point; empty if the work ended first
     */
    public Optional<String> inKilledProcess(int point, Consumer<Sandboxes> work) {
        return inKilledControlPlane(point, process -> work.accept(process.sandboxes()));
    }

    /** Like {@link #inKilledProcess}, but the work gets the whole process. */
    public Optional<String> inKilledControlPlane(int point, Consumer<ControlPlane> work) {
        var process = start();
        crashes.crashAt(point);
        try {
            work.accept(process);
            crashes.requireAlive();
        } catch (SandboxException e) {
            crashes.requireAlive(); // the work may fail, but not because of the crash
        } catch (CrashPoints.Crash e) {
            return Optional.of("killed at point " + point + " of " + crashes.passed());
        } finally {
            kill(process);
        }
        return Optional.empty();
    }

    /** Repairs everything once in a new process, which is then killed. */
    public List<Settled> repair() {
        var process = start();
        var settled = new ArrayList<>(process.sandboxes().repair().repairUnfinished());
        settled.addAll(process.sandboxes().repair().reconcile(extensions()));
        kill(process);
        return settled;
    }

    /** Returns the running sandboxes of both clouds, by extension and backend id. */
    public Map<String, BackendSandbox> running() {
        var running = new TreeMap<String, BackendSandbox>();
        for (FakeExtension extension : List.of(first, second)) {
            for (BackendSandbox sandbox : extension.cloud().running()) {
                running.put(extension.id() + "/" + sandbox.ref(), sandbox);
            }
        }
        return running;
    }

    /** Returns a profile with these extensions as its route. */
    public static Profile profile(ExtensionId... route) {
        var templates = new TreeMap<ExtensionId, String>();
        for (ExtensionId id : route) {
            templates.put(id, "base");
        }
        return Profile.builder(new ProfileName("profile.test"), SIZE)
                .route(List.of(route))
                .templates(templates)
                .ttl(TTL)
                .maxTtl(MAX_TTL)
                .build();
    }

    /** Returns a profile that tries the first extension, then the second. */
    public Profile profile() {
        return profile(first.id(), second.id());
    }

    public CreateSandbox request() {
        return CreateSandbox.of(ME, profile()).build();
    }

    /** Returns a request for a sandbox that launches a process. */
    public CreateSandbox.Builder request(Launch launch) {
        return CreateSandbox.of(ME, profile().toBuilder().launch(launch).build());
    }

    public CreateSandbox request(String idempotencyKey) {
        return CreateSandbox.of(ME, profile()).idempotencyKey(idempotencyKey).build();
    }

    public CreateSandbox request(Duration ttl) {
        return CreateSandbox.of(ME, profile()).ttl(ttl).build();
    }

    /** Returns a request for a sandbox that pauses at its deadline. */
    public CreateSandbox pausingAtItsEnd() {
        return CreateSandbox.of(ME, profile())
                .terms(new Terms(OnTimeout.PAUSE, false, null, true, null, null))
                .build();
    }
}
