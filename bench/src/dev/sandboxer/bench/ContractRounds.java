package dev.sandboxer.bench;

import dev.sandboxer.bench.Results.Group;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.local.LocalExtension;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;

/** Times the life of a local sandbox through the extension contract. */
final class ContractRounds implements AutoCloseable {
    static final String CREATE = "create to ready";
    static final String EXEC = "exec of `true`, start until exited";

    /** Ends a sandbox that the clean-up has missed. */
    static final Duration TTL = Duration.ofMinutes(10);

    /** The size of profile.base. */
    private static final SandboxSize SIZE = new SandboxSize(1000, 512, 2048);

    private static final int EXECS = 4;

    private final Backend backend;
    private final byte[] small = content(1 << 10);
    private final byte[] large = content(10 << 20);
    private int count;

    ContractRounds(Workspace work, Cleanup cleanup) {
        var context = new ExtensionContext("bench", work.resolve("local"), InstantSource.system());
        this.backend = new LocalExtension().open(context, Credential.none());
        cleanup.add("sandboxes", this::close);
    }

    void round(Results results) throws Exception {
        var sandbox = results.time(Group.CONTRACT, CREATE, this::create);
        try (var session = backend.connect(sandbox.ref())) {
            for (var i = 0; i < EXECS; i++) {
                results.time(Group.CONTRACT, EXEC, () -> runTrue(session));
            }
            var files = session.files();
            transfer(results, "1 KiB", small, files);
            transfer(results, "10 MiB", large, files);
        }
        results.time(Group.CONTRACT, "destroy", () -> backend.destroy(sandbox.ref()));
    }

    BackendSandbox create() {
        return backend.create(new CreateRequest(
                new SandboxTag("bench", "s" + ++count, 1),
                SandboxSpec.builder(new Source.Template("base"), SIZE).network(NetworkRules.DENY_ALL).build(),
                Instant.now().plus(TTL)));
    }

    Session connect(BackendSandbox sandbox) {
        return backend.connect(sandbox.ref());
    }

    private static void transfer(Results results, String size, byte[] content, SandboxFiles files) throws Exception {
        results.time(
                Group.CONTRACT,
                "file write, " + size,
                () -> files.write("bench", WriteOptions.DEFAULT, new ByteArrayInputStream(content)));
        results.time(Group.CONTRACT, "file read, " + size, () -> {
            try (var file = files.read("bench", null, 0, Long.MAX_VALUE)) {
                if (file.content().readAllBytes().length != content.length) {
                    throw new IllegalStateException("the file has a wrong size");
                }
            }
        });
    }

    /** Runs {@code true} and waits for its exit. */
    static void runTrue(Session session) throws InterruptedException {
        try (var process = session.processes().start(ProcessSpec.of("/usr/bin/true"))) {
            while (true) {
                if (process.next(null) instanceof ProcessEvent.Exited exited) {
                    if (exited.status() != 0) {
                        throw new IllegalStateException("true failed: " + exited);
                    }
                    return;
                }
            }
        }
    }

    private static byte[] content(int size) {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** Ends all sandboxes that are left. */
    @Override
    public void close() {
        backend.list().forEach(sandbox -> backend.destroy(sandbox.ref()));
        backend.close();
    }
}
