package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.OperationException;
import dev.sandboxer.extension.OperationException.Reason;
import dev.sandboxer.extension.ProcessSpec;
import dev.sandboxer.extension.SandboxSize;
import dev.sandboxer.extension.WriteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whoever uses up everything uses up their own. */
@Timeout(40)
class ExhaustionIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    @Test
    void a_fork_bomb_leaves_the_host_and_the_way_to_destroy_it_alone() throws Exception {
        var victim = LAB.fresh();
        try (var _ = victim.session().processes().start(ProcessSpec.of(victim.attackProgram(), "fork-bomb"))) {
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> LAB.leftovers().processes().size(), count -> count > 900);
            assertThat(LAB.leftovers().processes()).hasSizeLessThan(1100);
            assertThat(seconds(() -> Victim.onHost("/bin/true"))).as("the host responds").isLessThan(1.0);
            assertThat(seconds(() -> runOrLimit(victim))).as("exec answers").isLessThan(10.0);
            assertThat(seconds(() -> statOrLimit(victim))).as("a file call answers").isLessThan(10.0);
            assertThat(seconds(() -> LAB.backend().destroy(victim.ref()))).as("destroy").isLessThan(8.0);
        }
        LAB.leftovers().assertNone();
    }

    private static void runOrLimit(Victim victim) {
        try {
            victim.run(ProcessSpec.of("/bin/true"));
        } catch (OperationException e) {
            assertThat(e.reason()).isEqualTo(Reason.LIMIT);
        }
    }

    private static void statOrLimit(Victim victim) {
        try {
            victim.files().stat("/etc", null);
        } catch (OperationException e) {
            assertThat(e.reason()).isEqualTo(Reason.LIMIT);
        } catch (ExtensionException e) {
            assertThat(e.kind()).isEqualTo(ExtensionException.Kind.TRANSIENT);
        }
    }

    private static double seconds(Runnable call) {
        var start = System.nanoTime();
        call.run();
        return (System.nanoTime() - start) / 1e9;
    }

    @Test
    void a_memory_bomb_is_killed_and_the_sandbox_goes_on() {
        var victim = LAB.fresh();
        var result = victim.run(ProcessSpec.of(victim.attackProgram(), "memory").withUser("root"));
        assertThat(result.exited().signal()).isEqualTo(9);
        assertThat(result.output()).contains("taken-64=OK").doesNotContain("taken-256=OK");
        assertThat(victim.sh("echo alive").text()).isEqualTo("alive");
    }

    @Test
    void many_memory_bombs_at_once_do_not_stop_destroy() {
        var victim = LAB.fresh();
        var script = "for i in $(seq 50); do (while :; do %s memory; done) & done >/dev/null 2>&1; echo started";
        assertThat(victim.rootSh(script.formatted(victim.attackProgram())).output()).contains("started");
        assertThat(seconds(() -> LAB.backend().destroy(victim.ref()))).isLessThan(8.0);
        LAB.leftovers().assertNone();
    }

    @Test
    void nobody_inside_is_spared_by_the_oom_killer() {
        var result = LAB.shared().rootSh("echo -1000 > /proc/self/oom_score_adj; cat /proc/self/oom_score_adj");
        assertThat(result.output()).contains("denied", "500");
    }

    @Test
    void a_full_disk_is_the_sandbox_s_own() throws IOException {
        var victim = LAB.fresh();
        assertThatThrownBy(() -> victim.files().write("big", WriteOptions.DEFAULT, new Zeros(200L << 20)))
                .isInstanceOfSatisfying(OperationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE));
        assertThat(victim.files().stat("/home/user", null)).isNotNull();
        assertThat(victim.rootSh("ls big; dd if=/dev/zero of=big2 bs=1M count=200 2>&1; true").output())
                .contains("No such file", "No space left");
        assertThat(Files.size(LAB.folder(victim).resolve("root.img"))).isLessThanOrEqualTo(64L << 20);
        assertThat(HostileFilesIT.refused(() -> victim.write("one-more", "x".repeat(1 << 20)))).isEqualTo(Reason.NO_SPACE);
        assertThat(victim.rootSh("rm -f big2; echo works > small; cat small").text()).isEqualTo("works");
    }

    @Test
    void a_disk_without_inodes_says_so() {
        var victim = LAB.fresh(new SandboxSize(1000, 256, 16), Duration.ofMinutes(2));
        var fill = "my $i = 0; while (open my $f, '>', \"f$i\") { $i++ } print \"$i $!\"";
        assertThat(victim.run(ProcessSpec.of("/usr/bin/perl", "-e", fill)).text()).contains("No space left");
        assertThat(HostileFilesIT.refused(() -> victim.write("more", ""))).isEqualTo(Reason.NO_SPACE);
        assertThat(HostileFilesIT.refused(() -> victim.files().makeDirectory("more", null))).isEqualTo(Reason.NO_SPACE);
        assertThat(victim.sh("echo alive").text()).isEqualTo("alive");
    }

    @Test
    void shared_memory_is_limited() {
        var result = LAB.shared().rootSh("dd if=/dev/zero of=/dev/shm/x bs=1M count=200 2>&1; rm /dev/shm/x");
        assertThat(result.output()).contains("No space left");
        assertThat(LAB.shared().rootSh("ls -A /dev/shm").output()).isEmpty();
    }

    @Test
    void a_process_without_descriptors_hurts_itself_only() {
        LAB.shared().attack("user", "descriptors").failed("EMFILE", "open", "pipe");
        assertThat(LAB.shared().sh("echo alive").text()).isEqualTo("alive");
    }

    @Test
    void connections_to_sudo_that_say_nothing_are_bounded_and_time_out() {
        var victim = LAB.fresh();
        var hold = "use Socket; $| = 1; for (1..500) { socket(my $s, PF_UNIX, SOCK_STREAM, 0);"
                + " connect($s, pack('S', AF_UNIX) . qq(\\0sandboxer-sudo)) and push @s, $s }"
                + " print scalar(@s), qq(\\n); sleep 60";
        try (var holder = victim.session().processes().start(ProcessSpec.of("/usr/bin/perl", "-e", hold))) {
            assertThat(holder.next(Victim.PATIENCE)).isNotNull();
            assertThat(victim.sh("echo alive").text()).isEqualTo("alive");
            assertThat(victim.sh("sudo -n true").output()).contains("too many");
            await().atMost(Duration.ofSeconds(15)).until(() -> victim.sh("sudo -n true").status() == 0);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void ten_thousand_orphans_are_all_reaped() {
        var attempts = LAB.shared().attack("user", "orphans", "10000");
        assertThat(attempts.of("orphans")).isEqualTo("OK");
        await().atMost(Duration.ofSeconds(5))
                .until(() -> LAB.shared().sh("grep -l '^State:.Z' /proc/[0-9]*/status | wc -l").text(), "0"::equals);
    }

    /** So many zero bytes. */
    private static final class Zeros extends InputStream {
        private long left;

        private Zeros(long count) {
            left = count;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            var count = (int) Math.min(length, left);
            left -= count;
            return count;
        }
    }
}
