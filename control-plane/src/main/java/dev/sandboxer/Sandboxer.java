package dev.sandboxer;

import dev.sandboxer.charging.BillExport;
import dev.sandboxer.charging.Charging;
import dev.sandboxer.charging.NetworkReadings;
import dev.sandboxer.charging.SandboxCharges;
import dev.sandboxer.config.ConfigFile;
import dev.sandboxer.config.Home;
import dev.sandboxer.config.SecretFile;
import dev.sandboxer.config.UnsecuredSandboxes;
import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.credentials.CredentialRouter;
import dev.sandboxer.credentials.Credentials;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.events.LifecycleEvents;
import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.hubs.Deliveries;
import dev.sandboxer.hubs.HubSettings;
import dev.sandboxer.hubs.Outbox;
import dev.sandboxer.lifecycle.AccountHistory;
import dev.sandboxer.lifecycle.CredentialUses;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Worker;
import dev.sandboxer.names.SandboxNames;
import dev.sandboxer.objects.StoredObjects;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.observe.Redactor;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.payments.bill.BillingAccount;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.payments.metering.Metering;
import dev.sandboxer.payments.rates.RateCardReader;
import dev.sandboxer.payments.rates.RateFile;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.quotas.Quotas;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.routing.Prices;
import dev.sandboxer.routing.Router;
import dev.sandboxer.store.Database;
import dev.sandboxer.store.Job;
import dev.sandboxer.store.Jobs;
import dev.sandboxer.templates.BuiltTemplates;
import dev.sandboxer.templates.ProfileSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** An open installation. Creates and connects all parts of the control plane. Thread-safe. */
public final class Sandboxer implements AutoCloseable {
    private static final String OPERATOR_KEY_FILE = "SANDBOXER_OPERATOR_KEY_FILE";
    private static final int MIN_OPERATOR_KEY_LENGTH = 32;

    /** Counts the installations that this process has opened. */
    private static final AtomicInteger OPENED = new AtomicInteger();

    /** The consumer of requests that name none: the user of the command line. */
    public static final String LOCAL_CONSUMER = Consumers.LOCAL;

    private final ConfigFile config;
    private final Database database;
    private final String installation;
    private final ExtensionRegistry registry;
    private final Consumers consumers;
    private final ConsumerProfiles consumerProfiles;
    private final Quotas quotas;
    private final Credentials credentials;
    private final Backends backends;
    private final RateFile rates;
    private final Prices prices;
    private final Ledger ledger;
    private final Metering metering;
    private final HubSettings hubs;
    private final Outbox outbox;
    private final Router router;
    private final Sandboxes sandboxes;
    private final BuiltTemplates templates;
    private final ApiKeys keys;
    private final StoredObjects objects;
    private final Home home;
    private final Map<String, String> environment;
    private final InstantSource clock;

    private Sandboxer(Home home, Map<String, String> environment, Database database, InstantSource clock) {
        this.home = home;
        this.environment = environment;
        this.clock = clock;
        this.config = new ConfigFile(home);
        this.database = database;
        this.installation = new SandboxStore(database).installation();
        this.registry = new ExtensionRegistry(
                home.directory(),
                installation,
                clock,
                this::hostReserve,
                () -> config.config().packages());
        this.consumers = new Consumers(database, () -> config.config().consumers(), clock);
        this.consumerProfiles = new ConsumerProfiles(this::profiles, consumers);
        this.quotas = new Quotas(database, consumers, clock);
        this.credentials = new Credentials(database, new CredentialUses(database), home, environment, registry, clock);
        this.backends = new Backends(registry, credentials);
        this.rates = new RateFile(home.directory());
        this.prices = new Prices(rates, clock);
        this.hubs = HubSettings.read(environment);
        this.outbox = new Outbox(installation, hubs, clock);
        var export = new BillExport(outbox, hubs, this::billingAccount);
        this.ledger = new Ledger(database, export, clock);
        this.metering = new Metering(database, ledger, export);
        var charging = new Charging(registry, prices, ledger, metering, new NetworkReadings(backends, metering), clock);
        this.router = new Router(
                registry,
                new CredentialRouter(credentials),
                id -> config.config().extension(id).enabled(),
                prices,
                consumer -> ledger.balance(consumer).available(),
                new AccountHistory(new AttemptStore(database)),
                clock);
        this.sandboxes = new Sandboxes(
                database,
                router,
                registry,
                backends,
                consumers,
                List.of(new SandboxNames(), quotas, charging, new LifecycleEvents(outbox, hubs, clock)),
                charging,
                id -> config.config().extension(id).limit(),
                new Worker(
                        ProcessIdentity.current().worker("w" + OPENED.incrementAndGet()),
                        database.isShared() ? host(home) : null),
                clock,
                Sleeper.REAL);
        this.templates = new BuiltTemplates(database, sandboxes, consumerProfiles, clock, Sleeper.REAL);
        sandboxes.resolveSourcesWith(new ProfileSources(templates)::of);
        this.keys = new ApiKeys(database, consumers, clock);
        this.objects =
                new StoredObjects(database, () -> credentials.sharedKeys().secret("objects"), clock);
    }

    /**
     * Opens the installation in a home directory, and creates it if there is none. The configuration is read when it is first needed.
     *
     * @param environment the environment variables of this process; may hold the platform's credentials and the URL of the database
     * @throws SandboxException when the home or its database can't be used
     */
    public static Sandboxer open(Home home, Map<String, String> environment, InstantSource clock) {
        home.prepare();
        var database = Database.open(home.database(), environment);
        try {
            return new Sandboxer(home, environment, database, clock);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Opens the installation in a home directory with an empty environment. */
    public static Sandboxer open(Home home, InstantSource clock) {
        return open(home, Map.of(), clock);
    }

    /** Returns an id that identifies this host among those that share a database. It is stored in the home. */
    private static String host(Home home) {
        return HexFormat.of().formatHex(new SecretFile(home.resolve("host.id")).secret(), 0, 6);
    }

    /**
     * Reads the operator's API key from the file that {@code SANDBOXER_OPERATOR_KEY_FILE} names; empty if the variable is not set.
     *
     * @throws SandboxException {@code INVALID_CONFIG} when the file can't be read or the key has fewer than 32 characters
     */
    public Optional<String> operatorKey() {
        var file = environment.getOrDefault(OPERATOR_KEY_FILE, "");
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            var key = Files.readString(Path.of(file)).strip();
            if (key.length() < MIN_OPERATOR_KEY_LENGTH) {
                throw new SandboxException(
                        ErrorCode.INVALID_CONFIG,
                        "the key in " + file + " has fewer than " + MIN_OPERATOR_KEY_LENGTH
                                + " characters; write a random one, such as: openssl rand -hex 32");
            }
            Redactor.know(List.of(key));
            return Optional.of(key);
        } catch (IOException e) {
            throw new SandboxException(
                    ErrorCode.INVALID_CONFIG,
                    OPERATOR_KEY_FILE + " names " + file + ", which can't be read; put the operator's key there",
                    e);
        }
    }

    /** Returns all profiles of the installation. */
    public ProfileCatalogue profiles() {
        return config.config().profiles();
    }

    /** Returns the setting for sandboxes without a token. */
    public UnsecuredSandboxes unsecuredSandboxes() {
        return config.config().unsecured();
    }

    /** Returns the file {@code config.yaml}. */
    public ConfigFile config() {
        return config;
    }

    /** Returns how many bytes of memory the responses in progress for one sandbox may use in a server. */
    public long answerLimit() {
        return (long) config.config().answerMiB() << 20;
    }

    /** Returns the resources of this host that sandboxes must leave free. */
    public HostReserve hostReserve() {
        return config.config().host();
    }

    /** Returns the profiles as each consumer sees them. */
    public ConsumerProfiles consumerProfiles() {
        return consumerProfiles;
    }

    public ExtensionRegistry extensions() {
        return registry;
    }

    public Consumers consumers() {
        return consumers;
    }

    public Quotas quotas() {
        return quotas;
    }

    public Credentials credentials() {
        return credentials;
    }

    public Backends backends() {
        return backends;
    }

    /**
     * Returns the secret from which sandboxes' tokens are derived. Servers that share a database have the same one.
     *
     * @throws SandboxException {@code MASTER_KEY_UNUSABLE} when the master key differs from that of the other servers
     */
    public byte[] tokenSecret() {
        return database.isShared()
                ? credentials.sharedKeys().secret("token")
                : new SecretFile(home.resolve("token.key")).secret();
    }

    /** Starts jobs. Where servers share a database, each job runs in one process at a time. */
    public Jobs startJobs(List<Job> jobs) {
        return database.startJobs(jobs);
    }

    /** Returns the file {@code rates.yaml}, which has the prices. */
    public RateFile rates() {
        return rates;
    }

    /** Returns the current prices. */
    public Prices prices() {
        return prices;
    }

    public Ledger ledger() {
        return ledger;
    }

    /** Returns the account that is billed. */
    public BillingAccount billingAccount() {
        return new BillingAccount(
                installation,
                environment.getOrDefault("SANDBOXER_ORGANISATION", installation),
                rates.hasOperatorPrices() ? rates.cards().currency() : RateCardReader.CURRENCY);
    }

    /** Returns the settings of the hubs. */
    public HubSettings hubs() {
        return hubs;
    }

    /**
     * Delivers due messages to the hubs if this process has added any. Commands call it before they end, because there may be no server
     * that would deliver the messages.
     *
     * @param within time limit
     */
    public void deliverOwn(Duration within) {
        if (outbox.isUsed() && hubs.isAnyConfigured()) {
            try (var deliveries = deliveries()) {
                deliveries.deliverDue(within);
            }
        }
    }

    /** Opens the deliveries to the hubs. The caller closes them. */
    public Deliveries deliveries() {
        return new Deliveries(database, hubs, clock, new Random());
    }

    public Metering metering() {
        return metering;
    }

    /** Returns the charges of single sandboxes. */
    public SandboxCharges charges() {
        return new SandboxCharges(ledger, metering, clock);
    }

    public Router router() {
        return router;
    }

    public Sandboxes sandboxes() {
        return sandboxes;
    }

    /** Returns the templates that consumers build. */
    public BuiltTemplates templates() {
        return templates;
    }

    /** Returns the objects that clients store here besides sandboxes. */
    public StoredObjects objects() {
        return objects;
    }

    public ApiKeys keys() {
        return keys;
    }

    public Home home() {
        return home;
    }

    public InstantSource clock() {
        return clock;
    }

    /** Closes the backends. Sandboxes can't be used afterwards, but the database can still be read. */
    public void closeBackends() {
        backends.close();
    }

    @Override
    public void close() {
        sandboxes.close();
        backends.close();
        database.close();
    }
}
