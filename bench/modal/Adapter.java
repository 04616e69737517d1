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
 * Runs the tasks of {@code bench.mjs} with {@code ext.modal}. Each line of input is a task's number and the task. Each line of output is the
 * number and the milliseconds, or {@code failed} and the reason:
 *
 * <pre>
 * life              creates a sandbox, runs a command in it and ends it
 * output BYTES      reads so many bytes of a command's output; also returns by how many bytes the heap grew at most
 * </pre>
 */
final class Adapter {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
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

    /** @param words the task's number, the task and its arguments */
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
            try (var heap = new HeapPeak()) {
                var start = System.nanoTime();
                var got = run(session, "head", "-c", Long.toString(bytes), "/dev/zero");
                var time = (System.nanoTime() - start) / 1e6;
                if (got != bytes) {
                    throw new IllegalStateException("received " + got + " bytes instead of " + bytes);
                }
                return time + " " + (heap.stop() - before);
            }
        } finally {
            backend.destroy(sandbox.ref());
        }
    }

    /** Runs a command and returns the size of its output in bytes. */
    private static long run(Session session, String... argv) throws InterruptedException {
        var bytes = 0L;
        try (var process = session.processes().start(ProcessSpec.of(argv))) {
            while (true) {
                switch (process.next(TIMEOUT)) {
                    case Output piece -> bytes += piece.bytes().length;
                    case Exited end -> {
                        if (end.code() != 0) {
                            throw new IllegalStateException("the command ended with " + end);
                        }
                        return bytes;
                    }
                    case null -> throw new IllegalStateException("no output within " + TIMEOUT);
                }
            }
        }
    }

    private static long heap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Samples the used heap, garbage included, every 2 ms and keeps the maximum. */
    private static final class HeapPeak implements AutoCloseable {
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile long peak;
        private final Thread watch = Thread.ofPlatform().daemon().start(this::look);

        private void look() {
            while (!ended.get()) {
                peak = Math.max(peak, heap());
                try {
                    Thread.sleep(2);
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        long stop() {
            ended.set(true);
            return Math.max(peak, heap());
        }

        @Override
        public void close() throws InterruptedException {
            ended.set(true);
            watch.join();
        }
    }
}
