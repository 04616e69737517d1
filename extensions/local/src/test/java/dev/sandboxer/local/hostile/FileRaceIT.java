package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.OperationException;
import dev.sandboxer.extension.ProcessSelector;
import dev.sandboxer.extension.ProcessSpec;
import dev.sandboxer.extension.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Paths that change while they are used. */
class FileRaceIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    private static final String SWAP =
            "chdir '/home/user'; mkdir 'd'; mkdir '/etc/keep'; open F, '>', '/etc/keep/file';"
                    + " while (1) { rename 'd', 'd2'; symlink '/etc', 'd'; unlink 'd'; symlink '/home/user/fifo', 'd/file';"
                    + " rename 'd2', 'd'; mkdir 'd'; unlink 'd/file'; mkdir 'd/keep'; open F, '>', 'd/keep/file';"
                    + " system 'mkfifo', 'd/file' if rand() < 0.01; $n++; print \"swapped\\n\" if $n == 1000 }";

    @Test
    @Timeout(20)
    void a_directory_that_turns_into_a_link_and_back_confuses_no_call() throws IOException, InterruptedException {
        var victim = LAB.shared();
        var hostEtc = Files.list(Path.of("/etc")).map(Path::toString).sorted().toList();
        var passwd = Files.readString(Path.of("/etc/passwd"));
        var spec = ProcessSpec.of("/usr/bin/perl", "-e", "$| = 1; " + SWAP).withUser("root");
        try (var swapper = victim.session().processes().start(spec)) {
            var calls = 0;
            for (var start = System.nanoTime(); System.nanoTime() - start < TimeUnit.SECONDS.toNanos(3); ) {
                calls += callAll(victim);
            }
            assertThat(calls).isGreaterThan(100);
            assertThat(swapper.next(Victim.PATIENCE)).as("the attack ran").isNotNull();
            victim.session().processes().signal(ProcessSelector.pid(swapper.pid()), Signal.KILL, true);
            Victim.await(swapper);
        }
        // inside /etc the sandbox's root may lose what it gives away; remove() must not have gone there
        assertThat(victim.sh("ls /etc/keep/file /etc/passwd").text()).contains("/etc/keep/file");
        assertThat(Path.of("/etc/passwd")).hasContent(passwd);
        assertThat(Files.list(Path.of("/etc")).map(Path::toString).sorted().toList())
                .isEqualTo(hostEtc);
    }

    private static int callAll(Victim victim) {
        var files = victim.files();
        attempt(() -> victim.write("d/file", "x"));
        attempt(() -> victim.read("d/file"));
        attempt(() -> files.stat("d/file", null));
        attempt(() -> files.list("d", 3, null, _ -> {}));
        attempt(() -> files.makeDirectory("d/new/deep", null));
        attempt(() -> files.move("d/new", "d/new2", null));
        attempt(() -> files.makeSymlink("/etc", "d/sym", null));
        attempt(() -> files.watch("d", null, true, true).close());
        attempt(() -> files.remove("d", null));
        return 9;
    }

    /** Success or a refusal, nothing else. */
    private static void attempt(Runnable call) {
        try {
            call.run();
        } catch (OperationException e) {
            // the race was lost
        }
    }
}
