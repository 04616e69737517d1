import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.modal.ModalExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Does with {@code ext.modal} what {@code bench.mjs} does with Modal's SDK. Each line of input is one thing to do, each line of output how
 * long it took in milliseconds, or why it failed:
 *
 * <pre>
 * life              creates a sandbox, runs a command in it and ends it
 * output BYTES      reads that much of a command's output; answers with the largest heap in use meanwhile, in bytes, too
 * </pre>
 */
final class Adapter {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final SandboxSize SIZE = new SandboxSize(500, 256, 512);

    private final Backend backend;
    private final String image;

    private Adapter(Backend backend, String image) {
        this.backend = backend;
        this.image = image;
    }

    /** @param arguments address, token's id, its secret, image, directory */
    public static void main(String[] arguments) throws IOException {
        var credential = new Credential(
                Map.of("server_url", arguments[0], "token_id", arguments[1], "token_secret", arguments[2]));
        var context = new ExtensionContext("bench", Path.of(arguments[4]), InstantSource.system());
        try (var backend = new ModalExtension().open(context, credential);
                var lines = new BufferedReader(new InputStreamReader(System.in))) {
            var adapter = new Adapter(backend, arguments[3]);
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var words = line.split(" ");
                Thread.ofVirtual().start(() -> adapter.answer(words));
            }
        }
    }

    /** @param words the first one is the task's number, by which it is told apart */
    private void answer(String[] words) {
        String answer;
        try {
            answer = words[1].equals("life") ? life() : output(Long.parseLong(words[2]));
        } catch (InterruptedException | RuntimeException e) {
            answer = "failed " + e;
        }
        synchronized (System.out) {
            System.out.println(words[0] + " " + answer);
        }
    }

    private CreateRequest request() {
        var spec = SandboxSpec.builder(new Source.Image(image, null), SIZE).build();
        var id = new BigInteger(80, ThreadLocalRandom.current()).toString(36);
        return new CreateRequest(
                new SandboxTag("bench", id, 1), spec, Instant.now().plus(Duration.ofMinutes(10)));
    }

    private String life() throws InterruptedException {
        var start = System.nanoTime();
        var sandbox = backend.create(request());
        try (var session = backend.connect(sandbox.ref())) {
            run(session, "true");
        } finally {
            backend.destroy(sandbox.ref());
        }
        return Double.toString((System.nanoTime() - start) / 1e6);
    }

    private String output(long bytes) throws InterruptedException {
        var sandbox = backend.create(request());
        try (var session = backend.connect(sandbox.ref())) {
            run(session, "true");
            System.gc();
            var before = heap();
            try (var heap = new Highest()) {
                var start = System.nanoTime();
                var got = run(session, "head", "-c", Long.toString(bytes), "/dev/zero");
                var time = (System.nanoTime() - start) / 1e6;
                if (got != bytes) {
                    throw new IllegalStateException(got + " bytes came");
                }
                return time + " " + (heap.stop() - before);
            }
        } finally {
            backend.destroy(sandbox.ref());
        }
    }

    /** How many bytes it says. */
    private static long run(Session session, String... argv) throws InterruptedException {
        var bytes = 0L;
        try (var process = session.processes().start(ProcessSpec.of(argv))) {
            while (true) {
                switch (process.next(PATIENCE)) {
                    case Output piece -> bytes += piece.bytes().length;
                    case Exited end -> {
                        if (end.code() != 0) {
                            throw new IllegalStateException("ended with " + end);
                        }
                        return bytes;
                    }
                    case null -> throw new IllegalStateException("silent");
                }
            }
        }
    }

    private static long heap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Looks at the heap every few milliseconds; garbage counts too. */
    private static final class Highest implements AutoCloseable {
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile long most;
        private final Thread watch = Thread.ofPlatform().daemon().start(this::look);

        private void look() {
            while (!ended.get()) {
                most = Math.max(most, heap());
                try {
                    Thread.sleep(2);
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        long stop() {
            ended.set(true);
            return Math.max(most, heap());
        }

        @Override
        public void close() throws InterruptedException {
            ended.set(true);
            watch.join();
        }
    }
}
