package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.tck.Campaign;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every file call works on paths that keep changing between directories, links and FIFOs. */
@Tag("campaign")
class FileRaceIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    private static final int CALLS = 60;
    private static final String SECRET = "a secret of the host";
    private static final String PRECIOUS = "nobody may take this away";

    /** A directory with the same path on the host and in the sandbox, so links lead there wherever they are followed. */
    private Path bait;

    private Victim victim;

    @BeforeEach
    void makeBait() throws IOException {
        bait = Victim.temporaryDirectory();
        Files.writeString(bait.resolve("file"), SECRET);
        Files.createDirectory(bait.resolve("keep"));
        Files.writeString(bait.resolve("keep/file"), SECRET);
        Victim.onHost("mkfifo", bait.resolve("pipe").toString());
        victim = LAB.fresh();
        victim.rootSh("mkdir -p %1$s/keep && printf '%2$s' > %1$s/keep/file && echo > %1$s/file && mkfifo %1$s/pipe"
                        .formatted(bait, PRECIOUS))
                .text();
    }

    @AfterEach
    void deleteBait() {
        Victim.onHost("rm", "-rf", bait.toString());
    }

    @Test
    void a_changing_path_never_makes_a_call_leave_the_sandbox_or_hang() throws Throwable {
        var host = hostBait();
        var descriptors = descriptors();
        var succeeded = EnumSet.noneOf(FileCall.class);

        Campaign.run("FileRaceIT", 12, random -> {
            LAB.prolong(victim);
            race(random, succeeded);
            assertThat(hostBait()).as("the directory on the host").isEqualTo(host);
            assertThat(victim.rootSh("cat " + bait + "/keep/file").text()).isEqualTo(PRECIOUS);
        });

        assertThat(succeeded).as("calls that won a race").containsExactly(FileCall.values());
        await().atMost(Duration.ofSeconds(20)).until(() -> descriptors() <= descriptors);
    }

    private void race(SplittableRandom random, Set<FileCall> succeeded) throws Exception {
        var seed = Long.toString(random.nextLong() >>> 1);
        var racer = ProcessSpec.builder(victim.attackProgram(), "race", seed, bait.toString())
                .user("root")
                .cwd("/home/user")
                .build();
        try (var process = victim.session().processes().start(racer)) {
            assertThat(process.next(Victim.TIMEOUT)).as("the attack runs").isNotNull();
            for (int n = 0; n < CALLS; n++) {
                var call = FileCall.values()[random.nextInt(FileCall.values().length)];
                if (call.won(victim, path(random), n)) {
                    succeeded.add(call);
                }
            }
            victim.session().processes().signal(ProcessSelector.pid(process.pid()), Signal.KILL, true);
            assertThat(Victim.await(process).exited().signal())
                    .as("the attack ran to the end")
                    .isEqualTo(9);
        }
        victim.rootSh("cd /home/user && rm -rf d* gone lost* other").text();
    }

    private static String path(SplittableRandom random) {
        var paths = List.of("d", "d", "d/file", "d/sub0", "d/sub0/file", "d/sub1", "d/pipe", "d/link", "d/new/deeper");
        return paths.get(random.nextInt(paths.size()));
    }

    private String hostBait() {
        return Victim.onHost("find", bait.toString(), "-printf", "%P %y %s %T@ %i\\n");
    }

    /** Returns the number of the agent's open descriptors. */
    private long descriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + LAB.agentPid(victim) + "/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
