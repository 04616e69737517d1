package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.OperationException;
import dev.sandboxer.extension.ProcessEvent;
import dev.sandboxer.extension.ProcessSpec;
import dev.sandboxer.extension.WriteOptions;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever a sandbox uses up, it is its own; and it can always be ended. */
@Timeout(60)
class BombIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    @Test
    void a_fork_bomb_stays_inside_and_is_ended_with_its_sandbox() {
        var victim = LAB.fresh();
        var bomb =
                victim.session().processes().start(ProcessSpec.of("/bin/bash", "-c", "f() { f | f & }; f; sleep 60"));
        var other = LAB.fresh();

        assertThat(other.sh("echo unharmed").text()).isEqualTo("unharmed");
        assertThat(Victim.onHost("echo", "host")).isEqualTo("host");
        try {
            victim.sh("true");
        } catch (OperationException | ExtensionException full) {
            assertThat(full).hasMessageNotContaining("broke its protocol");
        }
        bomb.close();
        LAB.backend().destroy(victim.ref());
        assertThat(LAB.backend().find(victim.sandbox().tag())).isEmpty();
    }

    @Test
    void a_memory_bomb_kills_itself_and_leaves_the_sandbox() {
        var victim = LAB.fresh();

        var result = victim.sh("tail /dev/zero; echo \"tail: $?\"");

        assertThat(result.output()).contains("tail: 137");
        assertThat(victim.sh("echo alive").text()).isEqualTo("alive");
    }

    @Test
    void memory_file_systems_are_bounded_too() {
        var victim = LAB.fresh();

        assertThat(victim.sh("head -c 100M /dev/zero > /dev/shm/x; stat -c %s /dev/shm/x")
                        .output())
                .contains("No space left");
        assertThat(victim.rootSh("head -c 10M /dev/zero > /dev/x").status()).isNotZero();
        assertThat(victim.sh("rm /dev/shm/x; echo alive").text()).isEqualTo("alive");
    }

    @Test
    void the_writable_disk_has_an_end() throws Exception {
        var victim = LAB.fresh(); // 64 MiB

        assertThat(victim.sh("head -c 200M /dev/zero > big").output()).contains("No space left");
        assertThat(Files.size(LAB.folder(victim).resolve("root.img"))).isEqualTo(64L << 20);
        assertThat(HostileFilesIT.refused(() -> {
                    try {
                        victim.files().write("more", WriteOptions.DEFAULT, new ZeroStream(32 << 20));
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }))
                .isEqualTo(OperationException.Reason.NO_SPACE);
        assertThat(victim.sh("ls more; rm big; echo alive").output())
                .contains("No such file")
                .contains("alive");
        assertThat(victim.sh("mkdir i; cd i; for n in $(seq 30000); do : > $n || exit 1; done 2>&1")
                        .status())
                .as("files without content run out too")
                .isEqualTo(1);
    }

    @Test
    void two_hundred_megabytes_of_output_take_no_memory_of_ours() throws Exception {
        var victim = LAB.fresh();
        var runtime = Runtime.getRuntime();
        System.gc();
        var before = runtime.totalMemory() - runtime.freeMemory();
        long received = 0;
        long highest = 0;
        try (var process = victim.session()
                .processes()
                .start(ProcessSpec.of("head", "-c", "200M", "/dev/zero").withTimeout(Victim.PATIENCE))) {
            while (process.next(Victim.PATIENCE) instanceof ProcessEvent.Output(var channel, var bytes)) {
                received += bytes.length;
                if (received % (32 << 20) < bytes.length) {
                    System.gc();
                    highest = Math.max(highest, runtime.totalMemory() - runtime.freeMemory() - before);
                }
            }
        }
        assertThat(received).isEqualTo(200L << 20);
        assertThat(highest).isLessThan(16L << 20);
    }

    @Test
    void descriptors_run_out_for_the_process_that_takes_them_and_for_nobody_else() {
        var victim = LAB.fresh();

        var result = victim.sh("i=3; while eval \"exec $i</dev/null\" 2>/dev/null; do i=$((i+1)); done; echo $i");

        assertThat(result.output()).isNotBlank();
        assertThat(victim.sh("echo alive").text()).isEqualTo("alive");
    }

    @Test
    void a_process_that_ignores_every_polite_signal_ends_with_its_time_and_its_sandbox() {
        var victim = LAB.fresh();
        var stubborn = "trap '' TERM INT HUP QUIT; while :; do sleep 1; done";

        try (var process = victim.session()
                .processes()
                .start(ProcessSpec.of("/bin/bash", "-c", stubborn).withTimeout(Duration.ofMillis(500)))) {
            assertThat(Victim.await(process).exited().timedOut()).isTrue();
        }
        victim.session()
                .processes()
                .start(ProcessSpec.of("/bin/bash", "-c", stubborn))
                .close();
        LAB.backend().destroy(victim.ref());
        assertThat(LAB.backend().find(victim.sandbox().tag())).isEmpty();
    }

    @Test
    void thousands_of_orphans_are_all_reaped() {
        var victim = LAB.fresh();

        victim.sh("for i in $(seq 2000); do (true &) ; done; true");

        assertThat(victim.sh("sleep 0.5; ps -eo stat= | grep -c Z; true").text())
                .isEqualTo("0");
    }

    @Test
    void the_deadline_ends_a_sandbox_that_is_wholly_busy_with_itself() throws Exception {
        var victim = LAB.fresh(Lab.SMALL, Duration.ofSeconds(2));
        var process = victim.session()
                .processes()
                .start(ProcessSpec.of(
                        "/bin/bash", "-c", "for i in 1 2 3 4 5 6 7 8; do while :; do :; done & done; wait"));

        assertThatThrownBy(() -> process.next(Duration.ofSeconds(20)))
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(ExtensionException.Kind.GONE));
    }
}
