package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.local.LocalExtension;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sandbox ends by itself when the Java process that made it was killed. */
@Timeout(90)
class KeeperKilledIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    @Test
    void a_sandbox_ends_at_its_deadline_with_all_that_is_in_it_though_its_keeper_was_killed() throws Exception {
        var tag = LAB.newTag();
        var deadline = Instant.now().plusSeconds(8);
        var keeper = ChildJvm.start(
                Keeper.class, "64m", List.of(LAB.home().toString(), tag.toString(), deadline.toString()));
        try (var said = new BufferedReader(new InputStreamReader(keeper.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(said.readLine()).isEqualTo("made");
        } finally {
            keeper.destroyForcibly().waitFor();
        }

        var leftovers = LAB.leftovers();
        assertThat(LAB.backend().find(tag)).as("it outlives its keeper").isPresent();
        assertThat(leftovers.processes()).as("the agent, two of ours").hasSizeGreaterThanOrEqualTo(3);
        // from here on nobody of ours looks after it; its disk is the kernel's to take away
        await().atMost(Duration.ofSeconds(40))
                .until(() -> leftovers.processes().isEmpty()
                        && leftovers.loopDevices().isEmpty()
                        && leftovers.mounts().isEmpty());
        assertThat(Instant.now()).as("not before its time").isAfterOrEqualTo(deadline);

        assertThat(LAB.open().list()).isEmpty();
        leftovers.assertNone();
    }

    /** Makes a sandbox, starts something stubborn in it, says so, and never ends. */
    static final class Keeper {
        public static void main(String[] arguments) throws Exception {
            var tag = SandboxTag.parse(arguments[1]);
            var context = new ExtensionContext(tag.installation(), Path.of(arguments[0]), InstantSource.system());
            var backend = new LocalExtension().open(context, Credential.none());
            var made = backend.create(new CreateRequest(
                    tag,
                    SandboxSpec.builder(new Source.Template("base"), Lab.SMALL)
                            .network(NetworkRules.DENY_ALL)
                            .build(),
                    Instant.parse(arguments[2])));
            var stubborn = "trap '' TERM INT HUP; (setsid sleep 1000 &) ; echo up; while :; do sleep 1; done";
            var process = backend.connect(made.ref()).processes().start(ProcessSpec.of("/bin/bash", "-c", stubborn));
            process.next(Victim.PATIENCE);
            System.out.println("made");
            process.next(null);
            process.next(null);
        }
    }
}
