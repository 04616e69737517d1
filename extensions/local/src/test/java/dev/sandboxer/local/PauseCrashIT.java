package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.local.host.RootSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that pauses and resumes a sandbox is killed at random moments. */
@Timeout(120)
class PauseCrashIT {
    private static final int ROUNDS = 12;

    @Test
    void a_process_killed_at_any_moment_of_a_pause_leaves_a_sandbox_that_can_be_resumed_and_used() throws Exception {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("PauseCrashIT: seed " + seed);
        var random = new Random(seed);
        try (var home = LocalHome.open(RootSource.ofThisHost())) {
            var sandbox = home.create();
            for (int round = 0; round < ROUNDS; round++) {
                pauseUntilKilled(home, sandbox.ref(), random.nextInt(60));
                var found = home.backend().find(sandbox.tag());
                assertThat(found).as("round " + round).isPresent();
                if (found.orElseThrow().paused()) {
                    assertThat(home.freezer(sandbox).isFrozen()).isTrue();
                    home.backend().resume(sandbox.ref(), home.in(Duration.ofMinutes(10)));
                }
                assertThat(home.sh(sandbox, "echo alive")).as("round " + round).isEqualTo("alive");
            }
        }
    }

    private static void pauseUntilKilled(LocalHome home, BackendRef sandbox, int afterMs) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var pauser = new ProcessBuilder(
                        java,
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Pauser.class.getName(),
                        home.directory().toString(),
                        home.installation(),
                        sandbox.value())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = pauser.getInputStream()) {
            assertThat(output.read()).as("the process has begun to pause").isPositive();
            pauser.waitFor(afterMs, TimeUnit.MILLISECONDS);
            assertThat(pauser.isAlive()).as("it runs until it is killed").isTrue();
        } finally {
            pauser.destroyForcibly().waitFor();
        }
    }

    /** Pauses and resumes a sandbox in an endless loop. */
    static final class Pauser {
        public static void main(String[] arguments) {
            var home = LocalHome.reopen(Path.of(arguments[0]), arguments[1], RootSource.ofThisHost());
            var sandbox = new BackendRef(arguments[2]);
            while (true) {
                home.backend().pause(sandbox, home.in(Duration.ofMinutes(10)));
                System.out.print('x');
                System.out.flush();
                home.backend().resume(sandbox, home.in(Duration.ofMinutes(10)));
            }
        }
    }
}
