package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.extension.tck.Campaign;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real agent's answers are damaged on their way. Each call still ends with a result or an exception that callers expect. */
@Tag("campaign")
class GarbageCampaignIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    /** Longer than a whole campaign: the deadline can't be changed while the agent is cut off. */
    private static final Duration LONG = Duration.ofMinutes(30);

    private static final int CALLS = 25;

    private interface Call {
        void make(Session session) throws IOException, InterruptedException;
    }

    private static final Map<String, Call> ALL = Map.ofEntries(
            Map.entry("stat", session -> session.files().stat("/etc/passwd", null)),
            Map.entry("list", session -> session.files().list("/etc", 3, null, _ -> {})),
            Map.entry("read", GarbageCampaignIT::read),
            Map.entry("write", session -> session.files().write("f", WriteOptions.DEFAULT, new ZeroStream(200_000))),
            Map.entry("mkdir", session -> session.files().makeDirectory("m" + System.nanoTime(), null)),
            Map.entry("symlink", session -> session.files().makeSymlink("/etc", "s" + System.nanoTime(), null)),
            Map.entry("move", session -> session.files().move("f", "g", null)),
            Map.entry("remove", session -> session.files().remove("g", null)),
            Map.entry("watch", GarbageCampaignIT::watch),
            Map.entry("run", GarbageCampaignIT::run),
            Map.entry("processes", session -> session.processes().list()),
            Map.entry("signal", session -> session.processes().signal(ProcessSelector.pid(1), Signal.TERM, false)),
            Map.entry("dial", GarbageCampaignIT::dial));

    private static void read(Session session) throws IOException {
        try (var file = session.files().read("/etc/passwd", null, 0, Long.MAX_VALUE)) {
            file.content().readAllBytes();
        }
    }

    private static void watch(Session session) throws InterruptedException {
        try (var watch = session.files().watch("", null, true, true)) {
            session.files().makeDirectory("w" + System.nanoTime(), null);
            watch.next(Duration.ofMillis(50));
        }
    }

    private static void run(Session session) throws InterruptedException {
        try (var process = session.processes().start(ProcessSpec.of("/bin/ls", "-l", "/etc"))) {
            ProcessEvent event;
            do {
                event = process.next(Duration.ofMillis(500)); // null when the end was lost on the way
            } while (event instanceof ProcessEvent.Output);
        }
    }

    private static void dial(Session session) throws IOException {
        try (var port = session.ports().dial(80)) {
            port.input().read();
        }
    }

    @Test
    void damaged_answers_never_make_a_call_hang_or_fail_unexpectedly() throws Throwable {
        var names = List.copyOf(new TreeMap<>(ALL).keySet());
        var outcomes = new TreeMap<String, Integer>();
        var damage = new Damage();
        try (var agent = new HostileAgent(LAB, LAB.fresh(Lab.SMALL, LONG), damage)) {
            Campaign.run("GarbageCampaignIT", 20, random -> {
                damage.seed(random.split());
                for (int n = 0; n < CALLS; n++) {
                    var outcome = outcome(names.get(random.nextInt(names.size())), agent.session());
                    outcomes.merge(outcome, 1, Integer::sum);
                }
            });
        }
        assertThat(outcomes).as("some damage did no harm, some was detected").containsKeys("done", "INTERNAL");
    }

    /** Makes a call and returns its outcome; fails if the contract does not allow it. The call has its own thread, because it may hang. */
    private static String outcome(String name, Session session) throws Exception {
        var ended = new CompletableFuture<String>();
        Thread.ofVirtual().start(() -> {
            try {
                ALL.get(name).make(session);
                ended.complete("done");
            } catch (OperationException e) {
                ended.complete("refused");
            } catch (ExtensionException e) {
                ended.complete(e.kind().toString());
            } catch (IOException e) {
                ended.complete("io");
            } catch (Throwable e) {
                ended.completeExceptionally(new AssertionError(name + " failed with " + e, e));
            }
        });
        var outcome = ended.get(60, TimeUnit.SECONDS);
        assertThat(outcome).as(name).isIn("done", "refused", "io", "INTERNAL", "TRANSIENT", "GONE");
        return outcome;
    }
}
