package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sandbox can use up only its own resources, and can always be ended. */
@Timeout(90)
class BombIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final int MAX_PROCESSES = 1024;

    @Test
    void a_fork_bomb_stays_inside_and_is_ended_with_its_sandbox() {
        var victim = LAB.fresh();
        var other = LAB.fresh();
        var bomb = victim.session().processes().start(ProcessSpec.of(victim.attackProgram(), "fork-bomb"));

        await().atMost(LIMIT).until(() -> processes(victim) > 900);
        assertThat(processes(victim)).isLessThanOrEqualTo(MAX_PROCESSES);
        assertThat(other.sh("echo unharmed").text()).isEqualTo("unharmed");
        assertThat(Victim.onHost("echo", "host")).isEqualTo("host");
        try {
            victim.sh("true");
        } catch (OperationException full) {
            assertThat(full.reason()).isEqualTo(Reason.LIMIT);
        } catch (ExtensionException busy) {
            assertThat(busy.kind()).isEqualTo(Kind.TRANSIENT);
        }
        bomb.close();
        LAB.backend().destroy(victim.ref());
        assertThat(LAB.backend().find(victim.sandbox().tag())).isEmpty();
    }

    private static int processes(Victim victim) {
        return LAB.leftovers().processesOf(victim.sandbox().tag()).size();
    }

    @Test
    void commands_beyond_the_limit_are_refused_and_the_agent_recovers() {
        var victim = LAB.fresh();
        var started = new ArrayList<RunningProcess>();

        assertThatExceptionOfType(OperationException.class)
                .isThrownBy(() -> {
                    while (started.size() < 2 * MAX_PROCESSES) {
                        started.add(victim.session().processes().start(ProcessSpec.of("/bin/sleep", "1000")));
                    }
                })
                .withMessageContaining("processes")
                .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.LIMIT));
        assertThat(started).hasSizeGreaterThan(100);
        started.forEach(process -> {
            process.signal(Signal.KILL, true);
            process.close();
        });
        await().atMost(LIMIT).until(() -> processes(victim) < 10);
        assertThat(victim.sh("echo alive").text()).isEqualTo("alive");
    }

    @Test
    void silent_connections_to_sudo_are_limited_and_time_out() throws InterruptedException {
        var victim = LAB.fresh();
        var hold = "use Socket; $| = 1; for (1..500) { socket(my $s, PF_UNIX, SOCK_STREAM, 0);"
                + " connect($s, pack('S', AF_UNIX) . qq(\\0sandboxer-sudo)) and push @s, $s }"
                + " print scalar(@s), qq(\\n); sleep 1000";
        try (var holder = victim.session().processes().start(ProcessSpec.of("/usr/bin/perl", "-e", hold))) {
            assertThat(holder.next(LIMIT)).isInstanceOf(ProcessEvent.Output.class);
            assertThat(victim.sh("sudo -n true").output()).contains("too many");
            assertThat(victim.sh("echo alive").text()).isEqualTo("alive");
            await().atMost(LIMIT).until(() -> victim.sh("sudo -n true").status() == 0);
        }
    }

    @Test
    void a_memory_bomb_kills_itself_and_leaves_the_sandbox() {
        var victim = LAB.fresh();

        var result = victim.sh("tail /dev/zero; echo \"tail: $?\"");

        assertThat(result.output()).contains("tail: 137");
        assertThat(victim.sh("echo alive").text()).isEqualTo("alive");
    }

    @Test
    void memory_file_systems_are_limited_too() {
        var victim = LAB.fresh();

        assertThat(victim.sh("head -c 1G /dev/zero > /dev/shm/x; stat -c %s /dev/shm/x")
                        .output())
                .contains("No space left");
        assertThat(victim.rootSh("head -c 10M /dev/zero > /dev/x").status()).isNotZero();
        assertThat(victim.sh("rm /dev/shm/x; echo alive").text()).isEqualTo("alive");
    }

    @Test
    void the_writable_disk_is_limited() throws Exception {
        var victim = LAB.fresh(); // 64 MiB

        assertThat(victim.sh("head -c 200M /dev/zero > big").output()).contains("No space left");
        assertThat(Files.size(LAB.folder(victim).resolve("root.img"))).isEqualTo(64L << 20);
        assertThat(HostileFilesIT.refused(() -> {
                    try {
                        victim.files().write("more", WriteOptions.DEFAULT, new ZeroStream(32 << 20));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }))
                .isEqualTo(Reason.NO_SPACE);
        assertThat(victim.sh("ls more; rm big; echo alive").output())
                .contains("No such file")
                .contains("alive");
        assertThat(victim.sh("mkdir i; cd i; for n in $(seq 30000); do : > $n || exit 1; done 2>&1")
                        .status())
                .as("inodes run out too")
                .isEqualTo(1);
    }

    @Test
    void two_hundred_megabytes_of_output_are_not_buffered_in_memory() throws Exception {
        var victim = LAB.fresh();
        var runtime = Runtime.getRuntime();
        System.gc();
        var before = runtime.totalMemory() - runtime.freeMemory();
        long received = 0;
        long highest = 0;
        try (var process = victim.session()
                .processes()
                .start(ProcessSpec.builder("head", "-c", "200M", "/dev/zero")
                        .timeout(Victim.TIMEOUT)
                        .build())) {
            while (process.next(Victim.TIMEOUT) instanceof ProcessEvent.Output(var channel, var bytes)) {
                received += bytes.length;
                if (received % (32 << 20) < bytes.length) {
                    System.gc();
                    highest = Math.max(highest, runtime.totalMemory() - runtime.freeMemory() - before);
                }
            }
        }
        assertThat(received).isEqualTo(200L << 20);
        assertThat(highest).as("bytes of this process's heap").isLessThan(16L << 20);
        assertThat(peakOf(LAB.agentPid(victim))).as("KiB of the agent").isBetween(100, 8 << 10);
    }

    /** Returns the peak memory of a process, in KiB. */
    private static int peakOf(long pid) throws IOException {
        var status = Files.readString(Path.of("/proc/" + pid + "/status"));
        return Integer.parseInt(status.replaceFirst("(?s).*VmHWM:\\s*(\\d+) kB.*", "$1"));
    }

    @Test
    void descriptors_run_out_only_for_the_process_that_takes_them() {
        var victim = LAB.fresh();

        var attempts = victim.attack("user", "descriptors").failed("EMFILE", "open", "pipe");

        assertThat(Long.parseLong(attempts.of("opened"))).isGreaterThan(1000);
        assertThat(victim.sh("echo alive").text()).isEqualTo("alive");
    }

    @Test
    void a_sandbox_can_open_no_more_terminals_than_its_share() {
        var victim = LAB.fresh();

        var attempts = victim.attack("user", "terminals").failed("ENOSPC", "open");

        assertThat(attempts.of("opened")).isEqualTo("256");
        assertThat(victim.sh("stat -c %a /dev/ptmx /dev/pts/ptmx").text()).isEqualTo("777\n666");
    }

    @Test
    void a_process_that_ignores_signals_is_ended_by_its_time_out_and_by_the_end_of_its_sandbox() {
        var victim = LAB.fresh();
        var stubborn = "trap '' TERM INT HUP QUIT; while :; do sleep 1; done";

        try (var process = victim.session()
                .processes()
                .start(ProcessSpec.builder("/bin/bash", "-c", stubborn)
                        .timeout(Duration.ofMillis(500))
                        .build())) {
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

        assertThat(victim.attack("user", "orphans", "2000").of("orphans")).isEqualTo("OK");

        await().atMost(LIMIT)
                .until(() -> victim.sh("ps -eo stat= | grep -c Z; true").text().equals("0"));
    }

    @Test
    void the_deadline_ends_a_sandbox_that_uses_all_its_processor_time() {
        var victim = LAB.fresh(Lab.SMALL, Duration.ofSeconds(5));
        assertThat(victim.attack("user", "spin", "8").of("spinning")).isEqualTo("OK");
        assertThat(processes(victim)).as("8 busy processes and the agent").isGreaterThanOrEqualTo(9);

        await().atMost(LIMIT).until(() -> processes(victim) == 0);
        // a process leaves its control groups just before its end
        await().atMost(LIMIT)
                .until(() -> LAB.backend().find(victim.sandbox().tag()).isEmpty());
    }
}
