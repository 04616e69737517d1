package dev.sandboxer.e2b;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.connect.EnvelopeWriter;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.feature.Variables;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** For any answer of a server or a sandbox, callers get only the contract's exceptions, and without delay. */
@Timeout(1800) // a campaign runs for long and in parallel with other tests
@Tag("campaign")
class GarbageTest {
    private static final BackendRef REF = new BackendRef(ScriptedCloud.SANDBOX);
    private static final long SEED = Long.getLong("soak.seed", System.nanoTime());
    private static final int ROUNDS = 150 * Integer.getInteger("soak.scale", 1);

    private static final String DETAIL = ScriptedCloud.detail("inst-sb-1", "running");
    private static final String STARTED = "{\"event\":{\"start\":{\"pid\":7}}}";
    private static final String WATCHING = "{\"start\":{}}";
    private static final String ENTRY =
            "{\"name\":\"f\",\"type\":\"FILE_TYPE_FILE\",\"path\":\"/f\",\"size\":\"12\",\"mode\":420,"
                    + "\"permissions\":\"-rw-r--r--\",\"owner\":\"0\",\"group\":\"0\",\"modifiedTime\":\"2026-11-25T10:00:00Z\","
                    + "\"symlinkTarget\":\"/g\",\"metadata\":{\"a\":\"b\"}}";

    private static final String[] GOOD = {
        DETAIL,
        "{\"event\":{\"data\":{\"stdout\":\"aGVsbG8=\"}}}",
        "{\"event\":{\"end\":{\"exitCode\":-1,\"status\":\"signal: killed\"}}}",
        "{\"event\":{\"end\":{\"exited\":true}}}",
        "{\"filesystem\":{\"name\":\"a\",\"type\":\"EVENT_TYPE_CREATE\",\"entry\":" + ENTRY + "}}",
        "{\"code\":\"not_found\",\"message\":\"no\"}",
        "{\"code\":404,\"message\":\"template 'x' not found\"}",
        "{\"error\":{\"code\":\"internal\"}}",
        "{}",
        "",
    };

    private static final String[] VALUES = {
        "null",
        "-1",
        "0",
        "1e400",
        "99999999999999999999",
        "2147483648",
        "true",
        "\"\"",
        "\"\\u0000\"",
        "[]",
        "{}",
        "\"x\"",
        "-0.5"
    };

    private static final int[] STATUSES = {
        200, 200, 200, 201, 204, 206, 301, 400, 401, 404, 409, 416, 429, 500, 502, 507
    };

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);

    @Test
    void garbage_becomes_a_failure_of_the_contract() {
        System.out.println("garbage_becomes_a_failure_of_the_contract: seed " + SEED);
        try (var cloud = new ScriptedCloud()) {
            cloud.otherwise((exchange, asked) -> {
                byte[] body;
                int status;
                synchronized (random) {
                    status = STATUSES[random.nextInt(STATUSES.length)];
                    body = status == 204 ? new byte[0] : answer(asked.target().replaceFirst("\\?.*", ""));
                }
                exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            });
            try (var backend = cloud.open(directory)) {
                for (int round = 0; round < ROUNDS; round++) {
                    for (Runnable call : calls(backend)) {
                        expectOnlyTheContract(call, round);
                    }
                }
                cloud.withSandbox();
                try (var session = backend.connect(REF)) {
                    for (int round = 0; round < ROUNDS; round++) {
                        for (Runnable call : calls(session)) {
                            expectOnlyTheContract(call, round);
                        }
                    }
                }
            }
        }
    }

    private static List<Runnable> calls(Backend backend) {
        var soon = Instant.now().plusSeconds(600);
        return List.of(
                backend::check,
                backend::list,
                () -> backend.find(new SandboxTag("inst", "sb", 1)),
                () -> backend.create(Requests.usual()),
                () -> backend.setDeadline(REF, soon),
                () -> backend.destroy(REF),
                () -> backend.connect(REF).close(),
                () -> ((Pausing) backend).pause(REF, soon),
                () -> ((Pausing) backend).resume(REF, soon),
                () -> ((Snapshotting) backend).snapshot(REF, "name"),
                () -> ((Snapshotting) backend).snapshots(),
                () -> ((Variables) backend).variables(REF),
                () -> ((Snapshotting) backend).deleteSnapshot("one"));
    }

    private static List<Runnable> calls(Session session) {
        var all = new ArrayList<Runnable>();
        var processes = session.processes();
        var files = session.files();
        all.add(() -> drain(session));
        all.add(processes::list);
        all.add(() -> processes.attach(ProcessSelector.tag("t")).close());
        all.add(() -> processes.signal(ProcessSelector.pid(7), Signal.HUP, true));
        all.add(() -> processes.writeInput(ProcessSelector.pid(7), new byte[10]));
        all.add(() -> processes.closeInput(ProcessSelector.pid(7)));
        all.add(() -> files.stat("/f", null));
        all.add(() -> files.list("/f", 2, "1000", _ -> {}));
        all.add(() -> files.makeSymlink("x", "/f/g", null));
        all.add(() -> files.move("/f", "/g", null));
        all.add(() -> readLeniently(() -> files.read("/f", null, 2, 5).content().readAllBytes()));
        all.add(() -> readLeniently(
                () -> files.write("/f", new WriteOptions(null, 0600, null), new ByteArrayInputStream(new byte[100]))));
        all.add(() -> {
            try (var watch = files.watch("/f", null, true, true)) {
                watch.next(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        all.add(() -> session.ports().dial(80).close());
        return all;
    }

    private static void drain(Session session) {
        try (var process = session.processes()
                .start(ProcessSpec.builder("x").timeout(Duration.ofSeconds(5)).build())) {
            while (!(process.next(Duration.ofSeconds(20))
                    instanceof dev.sandboxer.extension.session.ProcessEvent.Exited)) {
                // read on until it exits
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private interface Reading {
        Object read() throws IOException;
    }

    /** Reads and accepts an {@link IOException}, which is how a byte stream fails. */
    private static void readLeniently(Reading reading) {
        try {
            reading.read();
        } catch (IOException e) {
            assertThat(e).hasMessageNotContaining("\n");
        }
    }

    private static void expectOnlyTheContract(Runnable call, int round) {
        try {
            call.run();
        } catch (ExtensionException | OperationException e) {
            assertThat(e.getMessage()).as("seed %s, round %s", SEED, round).isNotBlank();
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + SEED + ", round " + round, e);
        }
    }

    private byte[] answer(String path) {
        if (path.endsWith("/Start") || path.endsWith("/Connect") || path.endsWith("/WatchDir")) {
            return stream(path.endsWith("/WatchDir") ? WATCHING : STARTED);
        }
        if (random.nextInt(4) == 0) {
            return garbage(GOOD[random.nextInt(GOOD.length)]);
        }
        return garbage(validAnswer(path));
    }

    /** Returns a valid answer to a call. */
    private static String validAnswer(String path) {
        return switch (path.substring(path.lastIndexOf('/') + 1)) {
            case "sandboxes" -> path.startsWith("/v2") ? "[" + DETAIL + "]" : DETAIL;
            case ScriptedCloud.SANDBOX -> DETAIL;
            case "snapshots" -> "[{\"snapshotID\":\"s\",\"names\":[\"sandboxer-inst-one-100-1700000000\"]}]";
            case "List" ->
                "{\"processes\":[{\"pid\":7,\"tag\":\"t\",\"config\":{\"cmd\":\"sh\",\"args\":[\"x\"],\"envs\":{\"a\":\"b\"}}}]}";
            case "ListDir" -> "{\"entries\":[" + ENTRY + "]}";
            case "Stat", "Move", "MakeDir" -> "{\"entry\":" + ENTRY + "}";
            default -> "{}";
        };
    }

    private byte[] garbage(String text) {
        if (random.nextInt(10) == 0) {
            var bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            return bytes;
        }
        var changed = text;
        if (random.nextInt(3) > 0 && text.contains(":")) {
            // replace one value
            var at = -1;
            for (int i = random.nextInt(16); i >= 0; i--) {
                var next = text.indexOf("\":", at + 1);
                at = next < 0 ? at : next;
            }
            var value = VALUES[random.nextInt(VALUES.length)];
            changed = text.substring(0, at + 2) + text.substring(at + 2).replaceFirst("^(\"[^\"]*\"|[^,}\\]]+)", value);
        }
        return changed.substring(0, random.nextInt(6) == 0 ? random.nextInt(changed.length() + 1) : changed.length())
                .getBytes(UTF_8);
    }

    private byte[] stream(String first) {
        var bytes = new ByteArrayOutputStream();
        var envelopes = new EnvelopeWriter(bytes);
        try {
            if (random.nextInt(4) > 0) {
                envelopes.message(first.getBytes(UTF_8));
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                envelopes.message(garbage(GOOD[random.nextInt(GOOD.length)]));
            }
            if (random.nextBoolean()) {
                envelopes.end();
            }
            if (random.nextInt(5) == 0) {
                bytes.write(garbage("{}"));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }
}
