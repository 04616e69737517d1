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

/** A sandbox ends by itself after the Java process that created it was killed. */
@Timeout(90)
class CreatorKilledIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    @Test
    void a_sandbox_ends_at_its_deadline_with_all_its_processes_although_its_creator_was_killed() throws Exception {
        var tag = LAB.newTag();
        var deadline = Instant.now().plusSeconds(8);
        var creator = ChildJvm.start(
                Creator.class, "64m", List.of(LAB.home().toString(), tag.toString(), deadline.toString()));
        try (var output = new BufferedReader(new InputStreamReader(creator.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("made");
        } finally {
            creator.destroyForcibly().waitFor();
        }

        var leftovers = LAB.leftovers();
        assertThat(LAB.backend().find(tag)).as("it outlives its creator").isPresent();
        assertThat(leftovers.processes())
                .as("the agent and two processes of the test")
                .hasSizeGreaterThanOrEqualTo(3);
        // from here on only the agent and the kernel can end it and release its disk
        await().atMost(Duration.ofSeconds(40))
                .until(() -> leftovers.processes().isEmpty()
                        && leftovers.loopDevices().isEmpty()
                        && leftovers.mounts().isEmpty());
        assertThat(Instant.now()).as("not before its deadline").isAfterOrEqualTo(deadline);

        assertThat(LAB.open().list()).isEmpty();
        leftovers.assertNone();
    }

    /** Creates a sandbox, starts a process in it that ignores signals, prints a line, and never ends. */
    static final class Creator {
        public static void main(String[] arguments) throws Exception {
            var tag = SandboxTag.parse(arguments[1]);
            var context = new ExtensionContext(tag.installation(), Path.of(arguments[0]), InstantSource.system());
            var backend = LocalExtension.offline().open(context, Credential.none());
            var made = backend.create(new CreateRequest(
                    tag,
                    SandboxSpec.builder(new Source.Template("base"), Lab.SMALL)
                            .network(NetworkRules.DENY_ALL)
                            .build(),
                    Instant.parse(arguments[2])));
            var stubborn = "trap '' TERM INT HUP; (setsid sleep 1000 &) ; echo up; while :; do sleep 1; done";
            var process = backend.connect(made.ref()).processes().start(ProcessSpec.of("/bin/bash", "-c", stubborn));
            process.next(Victim.TIMEOUT);
            System.out.println("made");
            process.next(null);
            process.next(null);
        }
    }
}
