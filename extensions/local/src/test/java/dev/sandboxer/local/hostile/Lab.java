package dev.sandboxer.local.hostile;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.local.LocalExtension;
import dev.sandboxer.local.TestNetwork;
import dev.sandboxer.local.network.HostNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Sandboxes for one class of hostile tests: one that all its tests share, and new ones for single tests. After the tests, it asserts that
 * the sandboxes have left nothing on the host.
 */
public final class Lab implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    static final SandboxSize SMALL = new SandboxSize(1000, 256, 64);

    private static final Duration LIFE = Duration.ofMinutes(3);

    private final Supplier<HostNetwork> network;
    private final AtomicInteger count = new AtomicInteger();
    private final List<Victim> fresh = new ArrayList<>();
    private ExtensionContext context;
    private Backend backend;
    private Victim shared;

    public Lab() {
        this(HostNetwork::none);
    }

    /** @param network the network for sandboxes; only asked for when the class's tests run */
    private Lab(Supplier<HostNetwork> network) {
        this.network = network;
    }

    /** Returns a lab whose sandboxes may have a network. */
    public static Lab withNetwork() {
        return new Lab(() -> {
            assumeTrue(TestNetwork.isPossible(), "needs root, nft, ip and openssl");
            return TestNetwork.shared().network();
        });
    }

    @Override
    public void beforeAll(org.junit.jupiter.api.extension.ExtensionContext junit) {
        assumeTrue(Victim.onHost("id", "-u").equals("0"), "needs root");
        var home = junit.getRoot()
                .getStore(Namespace.create(Lab.class))
                .computeIfAbsent(Home.class, _ -> new Home(), Home.class);
        var installation = "t" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
        context = new ExtensionContext(installation, home.path(), InstantSource.system());
        backend = open();
    }

    /** Opens another backend on the same sandboxes, as another process would. */
    public Backend open() {
        return new LocalExtension(network.get()).open(context, Credential.none());
    }

    public ExtensionContext context() {
        return context;
    }

    public Backend backend() {
        return backend;
    }

    public Path home() {
        return context.directory();
    }

    public Leftovers leftovers() {
        return new Leftovers(context.installation(), home().resolve("s"));
    }

    /** Returns the sandbox that all tests of the class share. */
    public synchronized Victim shared() {
        if (shared == null) {
            shared = create(request(SMALL, LIFE));
        }
        return shared;
    }

    /** Creates a sandbox for a single test, which may damage it. */
    public Victim fresh() {
        return fresh(SMALL, LIFE);
    }

    public Victim fresh(SandboxSize size, Duration life) {
        var victim = create(request(size, life));
        fresh.add(victim);
        return victim;
    }

    /** Creates a sandbox with these network rules. */
    public Victim fresh(NetworkRules rules) {
        return fresh(new Source.Template("base"), rules);
    }

    public Victim fresh(Source source, NetworkRules rules) {
        var victim = create(request(source, rules));
        synchronized (fresh) {
            fresh.add(victim);
        }
        return victim;
    }

    public CreateRequest request(NetworkRules rules) {
        return request(new Source.Template("base"), rules);
    }

    private CreateRequest request(Source source, NetworkRules rules) {
        var spec = SandboxSpec.builder(source, SMALL).network(rules).build();
        return new CreateRequest(newTag(), spec, in(LIFE));
    }

    public void destroyFresh() {
        fresh.forEach(victim -> backend.destroy(victim.ref()));
        fresh.clear();
    }

    /** Opens a new session with a sandbox, as after a pause. */
    public Victim reconnect(Victim victim) {
        return new Victim(victim.sandbox(), backend.connect(victim.ref()));
    }

    /** Extends a sandbox's deadline, for campaigns. By default the deadline is short, so that the sandbox of a killed test ends soon. */
    public void prolong(Victim victim) {
        backend.setDeadline(victim.ref(), in(LIFE));
    }

    public CreateRequest request(SandboxSize size, Duration life) {
        var spec = SandboxSpec.builder(new Source.Template("base"), size)
                .network(NetworkRules.DENY_ALL)
                .build();
        return new CreateRequest(newTag(), spec, in(life));
    }

    private Instant in(Duration life) {
        return context.clock().instant().plus(life);
    }

    public SandboxTag newTag() {
        return new SandboxTag(context.installation(), "h" + count.incrementAndGet(), 1);
    }

    private Victim create(CreateRequest request) {
        var sandbox = backend.create(request);
        return new Victim(sandbox, backend.connect(sandbox.ref()));
    }

    /** Returns the sandbox's folder on the host. */
    public Path folder(Victim victim) {
        return home().resolve("s").resolve(victim.sandbox().tag().toString());
    }

    /** Returns the host's pid of the sandbox's agent. */
    public long agentPid(Victim victim) {
        try {
            var launched = Files.readString(folder(victim).resolve("launched"));
            return Long.parseLong(launched.replaceFirst("(?s)^\\{\"pid\":(\\d+),.*", "$1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void afterEach(org.junit.jupiter.api.extension.ExtensionContext junit) {
        destroyFresh();
        if (shared == null) {
            leftovers().assertNone();
        }
    }

    @Override
    public void afterAll(org.junit.jupiter.api.extension.ExtensionContext junit) {
        if (backend == null) {
            return;
        }
        if (shared != null) {
            backend.destroy(shared.ref());
        }
        leftovers().assertNone();
    }

    /** The directory that all classes share, so that the template is made only once. JUnit closes it at the end. */
    private record Home(Path path) implements AutoCloseable {
        Home() {
            this(Victim.temporaryDirectory());
        }

        @Override
        public void close() {
            Victim.onHost("rm", "-rf", "--", path.toString());
            if (Files.exists(path)) {
                throw new AssertionError("left on the host: " + path);
            }
        }
    }
}
