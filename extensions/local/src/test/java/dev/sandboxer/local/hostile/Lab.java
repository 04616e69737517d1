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
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Sandboxes for one class of hostile tests: one for all of them, and new ones for a single test. When these are over,
 * nothing of their sandboxes may be left on the host.
 */
final class Lab implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    static final SandboxSize SMALL = new SandboxSize(1000, 256, 64);

    private static final Duration LIFE = Duration.ofMinutes(3);

    private final AtomicInteger count = new AtomicInteger();
    private final List<Victim> fresh = new ArrayList<>();
    private ExtensionContext context;
    private Backend backend;
    private Victim shared;

    @Override
    public void beforeAll(org.junit.jupiter.api.extension.ExtensionContext junit) {
        assumeTrue(Victim.onHost("id", "-u").equals("0"), "the boundary for root is tested as root");
        var home = junit.getRoot()
                .getStore(Namespace.create(Lab.class))
                .computeIfAbsent(Home.class, _ -> new Home(), Home.class);
        var installation = "t" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
        context = new ExtensionContext(installation, home.path(), InstantSource.system());
        backend = open();
    }

    /** As another process would. */
    Backend open() {
        return new LocalExtension().open(context, Credential.none());
    }

    ExtensionContext context() {
        return context;
    }

    Backend backend() {
        return backend;
    }

    Path home() {
        return context.directory();
    }

    Leftovers leftovers() {
        return new Leftovers(context.installation(), home().resolve("s"));
    }

    /** The sandbox that the tests of a class share. */
    synchronized Victim shared() {
        if (shared == null) {
            shared = create(request(SMALL, LIFE));
        }
        return shared;
    }

    /** One for a test that may leave it in ruins. */
    Victim fresh() {
        return fresh(SMALL, LIFE);
    }

    Victim fresh(SandboxSize size, Duration life) {
        var victim = create(request(size, life));
        fresh.add(victim);
        return victim;
    }

    /** For a campaign, which may last longer than a sandbox that a dead test leaves behind should. */
    void prolong(Victim victim) {
        backend.setDeadline(victim.ref(), in(LIFE));
    }

    CreateRequest request(SandboxSize size, Duration life) {
        var spec = SandboxSpec.builder(new Source.Template("base"), size)
                .network(NetworkRules.DENY_ALL)
                .build();
        return new CreateRequest(newTag(), spec, in(life));
    }

    private Instant in(Duration life) {
        return context.clock().instant().plus(life);
    }

    SandboxTag newTag() {
        return new SandboxTag(context.installation(), "h" + count.incrementAndGet(), 1);
    }

    private Victim create(CreateRequest request) {
        var sandbox = backend.create(request);
        return new Victim(sandbox, backend.connect(sandbox.ref()));
    }

    /** The host's directory of a sandbox. */
    Path folder(Victim victim) {
        return home().resolve("s").resolve(victim.sandbox().tag().toString());
    }

    /** Its agent, as the host sees it. */
    long agentPid(Victim victim) {
        try {
            var launched = Files.readString(folder(victim).resolve("launched"));
            return Long.parseLong(launched.replaceFirst("(?s)^\\{\"pid\":(\\d+),.*", "$1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void afterEach(org.junit.jupiter.api.extension.ExtensionContext junit) {
        fresh.forEach(victim -> backend.destroy(victim.ref()));
        fresh.clear();
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

    /** The directory of all classes, so that the template is made once. Closed by JUnit at the end. */
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
